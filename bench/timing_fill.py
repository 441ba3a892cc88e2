"""`python -m bench.timing_fill 20000`: an observer with a desk of their own, beside so many cases they may not see.

Prints, as JSON, the observer's session and what to ask for: hidden references and names, and missing ones.
"""

import json
import sys
from datetime import timedelta

import django
from django.core.management import call_command

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402
from django.middleware.csrf import _get_new_csrf_string  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.aims import sign_in  # noqa: E402
from bench.generate import generate  # noqa: E402
from bench.world import make_world  # noqa: E402
from cases.actions.case import create_case  # noqa: E402
from cases.models import CaseName  # noqa: E402
from cases.names.systems import NameKind, NameSystem  # noqa: E402
from cases.reference import make_reference  # noqa: E402
from casetracker.access.models import Dialogue, Grant, GrantState, User  # noqa: E402
from casetracker.access.roles import Marking, Role  # noqa: E402
from casetracker.access.see import Label  # noqa: E402
from casetracker.audit.acting import acting  # noqa: E402
from casetracker.audit.records import save_new  # noqa: E402
from casetracker.audit.verbs import Verb  # noqa: E402

SEEN, AIMED_AT = 100, 20
FIRST = ("Arun", "Belo", "Ciro", "Dawa", "Ebba", "Finn", "Gaja", "Hemi", "Ines", "Juna")
LAST = ("Amberly", "Brightwater", "Coldstream", "Dunmore", "Eastlake", "Fairweather", "Greenhollow", "Hillcrest")


def main() -> None:
    """Writes the database and prints where to aim."""
    hidden = int(sys.argv[1])
    call_command("migrate", verbosity=0, run_syncdb=True)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if hidden:
        generate(hidden, say=lambda text: print(text, file=sys.stderr))
    else:
        make_world()
    official = User.objects.get(email="second@bench.example")
    approver = User.objects.get(email="approver@bench.example")
    watched, own = _desk(official, approver), Dialogue.objects.unscoped("bench").get(prefix="CN")
    observer = User.objects.get(email="observer@bench.example")
    for number in range(SEEN):
        _case(observer, watched, _name(number))
    aims = [_case(official, own, _name(number + SEEN)) for number in range(AIMED_AT)]
    print(json.dumps({
        "session": sign_in(observer), "csrf": _get_new_csrf_string(),
        "references": {"hidden": aims, "missing": [make_reference("CN") for _ in aims]},
        "names": {
            "hidden": [_name(number + SEEN) for number in range(AIMED_AT)],
            "missing": [_name(number + SEEN + AIMED_AT) for number in range(AIMED_AT)],
        },
    }))  # fmt: skip


def _name(number: int) -> str:
    """An invented name; no two numbers have the same."""
    last, first = divmod(number, len(FIRST))
    again, last = divmod(last, len(LAST))
    return f"{FIRST[first]} {LAST[last]}{'ly' * again}"


def _desk(official: User, approver: User) -> Dialogue:
    """A dialogue of its own for the observer, who has a second factor."""
    with acting(Verb.DIALOGUE_CREATED, process="bench"):
        watched = Dialogue(name="Watched", own_side="Own side", counterpart="Third", prefix="WA")
        save_new(watched)
        observer = User(email="observer@bench.example", name="Observer")
        save_new(observer)
        now = timezone.now()
        grant = Grant(
            user=observer, dialogue=watched, role=Role.OFFICIAL, marking=Marking.NORMAL, state=GrantState.ACTIVE,
            valid_from=now - timedelta(days=1), valid_to=now + timedelta(days=100), reason="Measured.",
            requested_by=official, approved_by=approver,
        )  # fmt: skip
        save_new(grant)
    Authenticator.objects.create(user=observer, type=Authenticator.Type.TOTP, data={})
    return watched


def _case(by: User, dialogue: Dialogue, name: str) -> str:
    called = CaseName(text=name, system=NameSystem.LATIN, kind=NameKind.OFFICIAL)
    label = Label(dialogue.pk, Marking.NORMAL)
    return create_case(by=by, label=label, values={"state": "active"}, parts=[called]).reference


if __name__ == "__main__":
    main()
