"""The reference of a case: its code name in titles, addresses, mail and logs, for example `CN-7K3QF2-Z`.

A prefix of two to four capital letters (the dialogue's), six random characters and a check character. The
reference says nothing of the person or of how many there are, so the six are drawn at random, not counted up.

The characters behind the prefix are digits and capital letters without those that are easily read as another:
0 and O; 1, I and L; U (V); S (5). That leaves 29, a prime number, which is what makes a check character
possible that catches every mistyped character and every exchange of two neighbours: with weights 1, 2, 4 …
from the right, the values of all characters sum to 1 modulo 29 (a pure system in the manner of ISO 7064).
Six characters give 594,823,321 references to each prefix.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRTVWXYZ"
RANDOM_LENGTH = 6
PREFIX_PATTERN = "[A-Z]{2,4}"
PATTERN = rf"{PREFIX_PATTERN}-[{ALPHABET}]{{{RANDOM_LENGTH}}}-[{ALPHABET}]"

# A prefix may hold the letters left out above. They take the values of digits, which a prefix never holds;
# S that of 5, because a 5 typed for S must weigh the same.
VALUES = {character: value for value, character in enumerate(ALPHABET)}
VALUES |= {"S": VALUES["5"], "I": VALUES["2"], "L": VALUES["3"], "O": VALUES["4"], "U": VALUES["6"]}
MODULUS = len(ALPHABET)

_PREFIX = re.compile(PREFIX_PATTERN)
_REFERENCE = re.compile(PATTERN)
_DASHES = re.compile(r"[‐‑‒–—―−_./]")
_TYPED = re.compile(rf"(?P<prefix>[A-Z015]{{2,4}})(?P<body>[A-Z0-9]{{{RANDOM_LENGTH + 1}}})")
_IN_PREFIX = str.maketrans("015", "OIS")
_IN_BODY = str.maketrans("S", "5")

NOT_A_REFERENCE = "This is not a reference. A reference looks like CN-7K3QF2-Z."
MISTYPED = "This reference is mistyped: its characters do not fit together. Compare it with your source."
NEVER_USED = "This reference is mistyped: behind the prefix it never has 0, O, 1, I, L or U."


class ReferenceTypo(ValueError):
    """A text with the shape of a reference that cannot be one; the message is a sentence for the reader."""


def make_reference(prefix: str, draw: Callable[[str], str] = secrets.choice) -> str:
    """A new random reference with `prefix` (two to four capital letters A to Z, else ValueError).

    The caller makes sure that it is not taken. `draw` picks one character of a text; generated data brings its own.
    """
    if _PREFIX.fullmatch(prefix) is None:
        raise ValueError("A prefix has two to four capital letters, A to Z.")
    drawn = "".join(draw(ALPHABET) for _ in range(RANDOM_LENGTH))
    return f"{prefix}-{drawn}-{_check_character(prefix + drawn)}"


def is_reference(text: str) -> bool:
    """Whether `text` is a reference exactly as written by `make_reference`, check character included."""
    return _REFERENCE.fullmatch(text) is not None and _fits(text.replace("-", ""))


def clean_reference(text: str) -> str:
    """The reference meant by what a person typed: lower case, spaces, missing dashes, S for 5 are put right.

    Raises ReferenceTypo when the text has the shape of a reference but cannot be one, and a plain ValueError
    when it is something else.
    """
    match = _TYPED.fullmatch(_bare(text))
    if match is None:
        raise ValueError(NOT_A_REFERENCE)
    prefix, body = match["prefix"].translate(_IN_PREFIX), match["body"].translate(_IN_BODY)
    if set(body) <= set(ALPHABET) and _fits(prefix + body):
        return f"{prefix}-{body[:-1]}-{body[-1]}"
    if not looks_like_reference(text):
        raise ValueError(NOT_A_REFERENCE)
    raise ReferenceTypo(MISTYPED if set(body) <= set(ALPHABET) else NEVER_USED)


def looks_like_reference(text: str) -> bool:
    """Whether a person who typed this meant a reference, rightly or wrongly spelt.

    Nine letters without a dash or digit may as well be a name, so they do not count.
    """
    dashed = _dashed(text).split("-")
    well_dashed = len(dashed) == 3 and len(dashed[1]) == RANDOM_LENGTH and len(dashed[2]) == 1
    bare = _bare(text)
    digits = any(character.isdigit() for character in bare)
    return _TYPED.fullmatch(bare) is not None and (well_dashed or digits)


class ReferenceConverter:
    """Path converter: a reference as written. One whose check character is wrong is not found."""

    regex = PATTERN

    def to_python(self, value: str) -> str:
        """The reference; raises ValueError (no match) when the check character is wrong."""
        if not is_reference(value):
            raise ValueError(NOT_A_REFERENCE)
        return value

    def to_url(self, value: str) -> str:
        """The reference itself."""
        return value


def _dashed(text: str) -> str:
    return "".join(_DASHES.sub("-", unicodedata.normalize("NFKC", text)).upper().split())


def _bare(text: str) -> str:
    return _dashed(text).replace("-", "")


def _fits(characters: str) -> bool:
    return _weighed(characters) == 1


def _check_character(characters: str) -> str:
    return ALPHABET[(1 - 2 * _weighed(characters)) % MODULUS]


def _weighed(characters: str) -> int:
    """Sum of values modulo 29, with weights 1, 2, 4 … from the right."""
    total = 0
    for character in characters:
        total = (2 * total + VALUES[character]) % MODULUS
    return total
