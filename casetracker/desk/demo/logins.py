"""Passwords of the demonstration: made at random for each installation, kept beside its database, printed again."""

import os
import secrets
import tomllib
from pathlib import Path

from django.conf import settings

from casetracker.desk.demo.staff import MEMBERS, Member

# Without those that are easily taken for another.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def file_of_logins() -> Path:
    """Where they are kept (git-ignored, readable by its owner only)."""
    return Path(settings.DATA_DIR) / "demo-logins.toml"


def who_signs_in() -> list[Member]:
    """Those with a password, in the order in which they are printed."""
    return [one for one in MEMBERS if one.login]


def make_passwords() -> dict[str, str]:
    """New passwords by e-mail address, written to the file."""
    made = {one.email: _password() for one in who_signs_in()}
    file = file_of_logins()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = "".join(f'"{email}" = "{password}"\n' for email, password in made.items())
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    return made


def _password() -> str:
    """Three groups of four that are easily read and typed: some 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def kept_passwords() -> dict[str, str]:
    """The passwords of an earlier run; none when the file is gone."""
    file = file_of_logins()
    return tomllib.loads(file.read_text()) if file.exists() else {}


def logins_table(passwords: dict[str, str]) -> str:
    """What is printed: address, password, what each one is and sees."""
    rows = [("e-mail", "password", "who", "what they see and do")]
    rows += [
        (
            one.email,
            passwords.get(one.email, "(not known)"),
            f"{one.name}, {one.role}",
            one.login.format("", *settings.MARKING_LABELS.values()),
        )
        for one in who_signs_in()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  " + "  ".join([*(text.ljust(width) for text, width in zip(row[:3], widths, strict=True)), row[3]])
        for row in rows
    )
