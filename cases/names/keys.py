"""Keys under which names are searched, matched and sorted. All are made here, so both engines agree.

A key is for comparing only and is never shown. Two spellings that people take for the same name get the same
key; a key may also be shared by different names, which is why a match is a hint and never a merge.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from django.db import models
from opencc import OpenCC

from cases.names.romanise import romanised
from cases.names.scripts import Script, script_of_character

APOSTROPHES = "'’‘‛`´ʹʻʼʽʾʿˈ′＇"
# Accents and vowel points that a searcher leaves out. Marks of other scripts (Tibetan vowels) are letters.
_POINTS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F),
    (0x0670, 0x0670), (0x06D6, 0x06ED), (0x08CA, 0x08FF), (0x0F18, 0x0F19), (0x0F35, 0x0F35),
    (0x0F37, 0x0F37), (0x180B, 0x180F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F), (0xFE20, 0xFE2F),
)  # fmt: skip
_UNDECOMPOSED = {
    "ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "ŋ": "ng", "ə": "e",
    "þ": "th", "ħ": "h",
    # Persian, Urdu and Uyghur forms of Arabic letters, which keyboards and old files exchange freely.
    "ک": "ك", "ڪ": "ك", "ی": "ي", "ى": "ي", "ے": "ي", "ھ": "ه", "ە": "ه", "ہ": "ه", "ة": "ه", "ٱ": "ا",
    # Hamza on its own and the stretching stroke are left out as often as written.
    "ء": "", "ـ": "", "᠊": "",
}  # fmt: skip
# Uyghur puts this letter before a vowel that has no consonant; it has no sound and no letter in Latin.
_UYGHUR_CARRIER = re.compile("ئ(?=[اەهوۇۆۈېى])")
_DIGITS = re.compile(r"\d+")
_DIGIT_WIDTH = 10
# "李　明": short names are set wide in lists; in longer ones a space divides given and father's name.
_SET_WIDE = re.compile("[㐀-鿿](?: ?[㐀-鿿]){1,3}")
_APOSTROPHES_OUT = str.maketrans("", "", APOSTROPHES)
# Words are found by a piece of their middle from so many letters on. Fewer are in every second name.
SHORTEST_INSIDE = 4
# Scripts that write words without spaces, or, as with Korean names, surname and given name.
_UNSPACED = {Script.HAN, Script.HANGUL, Script.OTHER}


class KeyKind(models.IntegerChoices):
    """What of a name a key is; also the order in which hits are told."""

    WHOLE = 0, "whole name"
    BEGINNING = 1, "from its beginning on"
    WORD = 2, "from another word on"
    INSIDE = 3, "from the middle of a word on"


@dataclass(frozen=True, order=True)
class Key:
    """One key of a name. `words`: of a BEGINNING or WORD of several words all of them, each behind a space."""

    kind: KeyKind
    key: str
    words: str = ""


class _Folding(dict[int, str]):
    """What each character becomes, worked out when first met (the form `str.translate` takes)."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded_character(chr(code))
        return folded


_folding = _Folding()


def search_key(text: str) -> str:
    """Normal form for exact and prefix match: no case, accents, punctuation, zero-width marks.

    Traditional characters become simplified ones, Arabic letters their plain Arabic forms. Apostrophes
    vanish; hyphens, dots and the Tibetan tsheg and shad become spaces, and spaces are single.
    """
    if text.isascii():
        return _folded(text)
    plain = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES_OUT))
    if not _has(plain, Script.HAN):
        return _folded(_UYGHUR_CARRIER.sub("", plain))
    key = _folded(_simplifier().convert(plain))
    return key.replace(" ", "") if _SET_WIDE.fullmatch(key) else key


def token_keys(text: str) -> list[str]:
    """The words of the search key in a fixed order, so that "Dolkar, Tenzin" equals "Tenzin Dolkar"."""
    return sorted(search_key(text).split())


def match_keys(text: str) -> frozenset[str]:
    """Keys one of which two names of the same person should share, across scripts too; empty for no letters.

    The search key, the same without spaces (also with the last word first) and with sorted words; and all of
    these again for the romanised name.
    """
    return frozenset().union(*map(_arranged, _spelt(text)))


def name_keys(text: str) -> list[Key]:
    """All keys under which a name stands in the index (docs/decisions/0008-look-up.md), in a fixed order.

    WHOLE: the match keys. BEGINNING: the name without spaces, in the order it is written. WORD: the same from each
    other word on, what stands before it put behind. In scripts without spaces each character begins a word; what
    stands before it is set apart, for nobody writes it so. INSIDE: the rest of a word from each of its letters on,
    while it has `SHORTEST_INSIDE` of them.
    """
    spelt = _spelt(text)
    found = {Key(KeyKind.WHOLE, key) for key in frozenset().union(*map(_arranged, spelt))}
    for spelling in spelt:
        found |= _starts(spelling) | _insides(spelling)
    return sorted(found)


def begins_anywhere(word: str) -> bool:
    """Whether `word` (of a key) is of a script without spaces, in which each character may begin a word."""
    return _is_unspaced(word[0])


def sort_key(text: str) -> str:
    """Key that sorts byte by byte: no case or accents, numbers by size; other scripts follow Latin."""
    if not text.isascii():
        text = _UYGHUR_CARRIER.sub("", unicodedata.normalize("NFKC", text.translate(_APOSTROPHES_OUT)))
    return _DIGITS.sub(lambda number: number[0].zfill(_DIGIT_WIDTH), _folded(text))


def _spelt(text: str) -> set[str]:
    """The search key, and those of the romanised name; none empty."""
    key = search_key(text)
    keys = {key}
    if not key.isascii():
        keys |= {_folded(latin) for latin in romanised(unicodedata.normalize("NFKC", text), key)}
    return keys - {""}


def _starts(spelling: str) -> set[Key]:
    joined, words = spelling.replace(" ", ""), f" {spelling}" if " " in spelling else ""
    found, place = {Key(KeyKind.BEGINNING, joined, words)}, 0
    for word in spelling.split():
        for offset, character in enumerate(word):
            here = place + offset
            if here and (offset == 0 or _is_unspaced(character)):
                behind = f" {joined[:here]}" if offset else joined[:here]
                found.add(Key(KeyKind.WORD, joined[here:] + behind, words))
        place += len(word)
    return found


def _insides(spelling: str) -> set[Key]:
    return {
        Key(KeyKind.INSIDE, word[place:])
        for word in spelling.split()
        for place in range(1, len(word) - SHORTEST_INSIDE + 1)
        if not _is_unspaced(word[place])
    }


@cache
def _is_unspaced(character: str) -> bool:
    return script_of_character(character) in _UNSPACED and character.isalpha()


def _arranged(key: str) -> set[str]:
    if not key:
        return set()
    words = key.split()
    return {key, "".join(words), "".join([words[-1], *words[:-1]]), " ".join(sorted(words))}


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFC", " ".join(decomposed.translate(_folding).split()))


def _folded_character(character: str) -> str:
    if character in _UNDECOMPOSED:
        return _UNDECOMPOSED[character]
    code, category = ord(character), unicodedata.category(character)
    if character in APOSTROPHES or category == "Cf" or any(first <= code <= last for first, last in _POINTS):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return character if category[0] in "LMN" else " "


def _has(text: str, script: Script) -> bool:
    return any(script_of_character(character) is script for character in text)


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")
