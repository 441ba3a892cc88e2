"""The script of a text, and what HTML must be told about it (language tag and direction)."""

import unicodedata
from bisect import bisect_right
from collections import Counter
from enum import StrEnum

from cases.names.systems import NameSystem


class Script(StrEnum):
    """A script that names come in."""

    LATIN = "latin"
    HAN = "han"
    TIBETAN = "tibetan"
    ARABIC = "arabic"
    CYRILLIC = "cyrillic"
    MONGOLIAN = "mongolian"
    HANGUL = "hangul"
    OTHER = "other"


# Unicode gives no property for scripts to Python; the blocks in which names are written are few (Blocks.txt).
_BLOCKS: tuple[tuple[int, int, Script], ...] = (
    (0x0041, 0x005A, Script.LATIN),
    (0x0061, 0x007A, Script.LATIN),
    (0x00AA, 0x02AF, Script.LATIN),
    (0x0400, 0x052F, Script.CYRILLIC),
    (0x0600, 0x06FF, Script.ARABIC),
    (0x0750, 0x077F, Script.ARABIC),
    (0x08A0, 0x08FF, Script.ARABIC),
    (0x0F00, 0x0FFF, Script.TIBETAN),
    (0x1100, 0x11FF, Script.HANGUL),
    (0x1800, 0x18AF, Script.MONGOLIAN),
    (0x1C80, 0x1C8F, Script.CYRILLIC),
    (0x1D00, 0x1D2A, Script.LATIN),
    (0x1D2B, 0x1D2B, Script.CYRILLIC),
    (0x1E00, 0x1EFF, Script.LATIN),
    (0x2C60, 0x2C7F, Script.LATIN),
    (0x2DE0, 0x2DFF, Script.CYRILLIC),
    (0x2E80, 0x2FDF, Script.HAN),
    (0x3005, 0x3007, Script.HAN),
    (0x3130, 0x318F, Script.HANGUL),
    (0x3400, 0x4DBF, Script.HAN),
    (0x4E00, 0x9FFF, Script.HAN),
    (0xA640, 0xA69F, Script.CYRILLIC),
    (0xA720, 0xA7FF, Script.LATIN),
    (0xAC00, 0xD7FF, Script.HANGUL),
    (0xF900, 0xFAFF, Script.HAN),
    (0xFB00, 0xFB06, Script.LATIN),
    (0xFB50, 0xFDFF, Script.ARABIC),
    (0xFE70, 0xFEFC, Script.ARABIC),
    (0xFF21, 0xFF5A, Script.LATIN),
    (0x20000, 0x3FFFF, Script.HAN),
)

# Systems whose language is known whatever the text: language tag (BCP 47) by system.
_LANGUAGE_OF_SYSTEM = {
    NameSystem.SIMPLIFIED: "zh-Hans",
    NameSystem.TRADITIONAL: "zh-Hant",
    NameSystem.PINYIN: "zh-Latn",
    NameSystem.WADE_GILES: "zh-Latn-wadegile",
    NameSystem.CANTONESE: "yue-Latn",
    NameSystem.TIBETAN_SCRIPT: "bo",
    NameSystem.WYLIE: "bo-Latn",
    NameSystem.TIBETAN_PHONETIC: "bo-Latn",
    NameSystem.UYGHUR_ARABIC: "ug",
    NameSystem.UYGHUR_LATIN: "ug-Latn",
    NameSystem.CYRILLIC_RUSSIAN: "ru",
    NameSystem.CYRILLIC_KAZAKH: "kk-Cyrl",
    NameSystem.CYRILLIC_KYRGYZ: "ky",
    NameSystem.CYRILLIC_MONGOLIAN: "mn-Cyrl",
    NameSystem.MONGOLIAN_SCRIPT: "mn-Mong",
    NameSystem.MONGOLIAN_LATIN: "mn-Latn",
    NameSystem.ARABIC: "ar",
    NameSystem.ARABIC_LATIN: "ar-Latn",
    NameSystem.HANGUL: "ko",
    NameSystem.PASSPORT: "und-Latn",
    NameSystem.LATIN: "und-Latn",
}
_SCRIPT_OF_SYSTEM = {
    NameSystem.SIMPLIFIED: Script.HAN,
    NameSystem.TRADITIONAL: Script.HAN,
    NameSystem.TIBETAN_SCRIPT: Script.TIBETAN,
    NameSystem.UYGHUR_ARABIC: Script.ARABIC,
    NameSystem.CYRILLIC_RUSSIAN: Script.CYRILLIC,
    NameSystem.CYRILLIC_KAZAKH: Script.CYRILLIC,
    NameSystem.CYRILLIC_KYRGYZ: Script.CYRILLIC,
    NameSystem.CYRILLIC_MONGOLIAN: Script.CYRILLIC,
    NameSystem.MONGOLIAN_SCRIPT: Script.MONGOLIAN,
    NameSystem.ARABIC: Script.ARABIC,
    NameSystem.HANGUL: Script.HANGUL,
}
_LANGUAGE_OF_SCRIPT = {
    Script.LATIN: "und-Latn",
    Script.HAN: "zh",
    Script.TIBETAN: "bo",
    Script.ARABIC: "und-Arab",
    Script.CYRILLIC: "und-Cyrl",
    Script.MONGOLIAN: "mn-Mong",
    Script.HANGUL: "ko",
    Script.OTHER: "und",
}
_STARTS = [start for start, _, _ in _BLOCKS]


def script_of_character(character: str) -> Script | None:
    """Script of one character; None for what belongs to none (digits, punctuation, spaces)."""
    if unicodedata.category(character)[0] not in "LM":
        # The one sign among letters: the "zero" of Chinese years and names.
        return Script.HAN if character == "〇" else None
    code = ord(character)
    index = bisect_right(_STARTS, code) - 1
    if index >= 0 and code <= _BLOCKS[index][1]:
        return _BLOCKS[index][2]
    # Accents belong to the letter before them.
    return None if unicodedata.category(character)[0] == "M" else Script.OTHER


def script_of(text: str) -> Script:
    """The script most letters of `text` are in, the first met when even; OTHER without any letter."""
    counted = Counter(script for script in map(script_of_character, text) if script is not None)
    return counted.most_common(1)[0][0] if counted else Script.OTHER


def bcp47(script: Script, system: str) -> tuple[str, str]:
    """HTML `lang` (BCP 47) and `dir` ("ltr" or "rtl") of a name in this script, entered under this system.

    Where the two contradict each other (characters entered as pinyin), what is really there decides.
    Mongolian script runs from top to bottom; that is a matter of the stylesheet, its `dir` is "ltr".
    """
    direction = "rtl" if script is Script.ARABIC else "ltr"
    known = NameSystem(system) if system in NameSystem.values else NameSystem.OTHER
    language = _LANGUAGE_OF_SYSTEM.get(known)
    if language is None or _SCRIPT_OF_SYSTEM.get(known, Script.LATIN) is not script:
        language = _LANGUAGE_OF_SCRIPT[script]
    return language, direction
