"""The system a name is written in, guessed from its letters and what stands beside it: a proposal, to be mended."""

import re
from functools import cache

from opencc import OpenCC
from pypinyin.constants import PINYIN_DICT

from cases.names.keys import search_key
from cases.names.scripts import Script, script_of
from cases.names.systems import NameSystem

# Letters of the Uyghur alphabet that Arabic has not.
_UYGHUR_LETTERS = re.compile("[ەېۆۈۇۋڭ]")
_BY_SCRIPT = {
    Script.TIBETAN: NameSystem.TIBETAN_SCRIPT,
    Script.CYRILLIC: NameSystem.CYRILLIC,
    Script.MONGOLIAN: NameSystem.MONGOLIAN_SCRIPT,
    Script.HANGUL: NameSystem.HANGUL,
}
# How the Latin spelling beside an original name is most likely made.
_LATIN_BESIDE = {
    NameSystem.TIBETAN_SCRIPT: NameSystem.TIBETAN_PHONETIC,
    NameSystem.UYGHUR_ARABIC: NameSystem.UYGHUR_LATIN,
    NameSystem.MONGOLIAN_SCRIPT: NameSystem.MONGOLIAN_LATIN,
    NameSystem.ARABIC: NameSystem.ARABIC_LATIN,
}


def guess_system(text: str, *, pack: str = "", beside: str = "") -> NameSystem:
    """The likely system of `text` in a dialogue with vocabulary `pack`, for a person whose other name is `beside`."""
    match script_of(text):
        case Script.LATIN:
            return _guess_latin(text, pack, beside)
        case Script.HAN:
            return NameSystem.SIMPLIFIED if _simplified(text) == text else NameSystem.TRADITIONAL
        case Script.ARABIC:
            uyghur = pack == "cn" or _UYGHUR_LETTERS.search(text)
            return NameSystem.UYGHUR_ARABIC if uyghur else NameSystem.ARABIC
        case script:
            return _BY_SCRIPT.get(script, NameSystem.OTHER)


def _guess_latin(text: str, pack: str, beside: str) -> NameSystem:
    original = guess_system(beside, pack=pack) if beside and script_of(beside) is not Script.LATIN else None
    if original in _LATIN_BESIDE:
        return _LATIN_BESIDE[original]
    chinese = pack == "cn" or original in (NameSystem.SIMPLIFIED, NameSystem.TRADITIONAL)
    if chinese and (original is None or script_of(beside) is Script.HAN) and is_pinyin(text):
        return NameSystem.PINYIN
    return NameSystem.LATIN


def is_pinyin(text: str) -> bool:
    """Whether every word of `text` is made of syllables of standard Chinese."""
    words = search_key(text).replace("ü", "v").split()
    return bool(words) and all(_syllables().fullmatch(word) for word in words)


@cache
def _syllables() -> re.Pattern[str]:
    """One or more syllables. Those pypinyin gives to characters, without tones."""
    toneless = {search_key(reading) for readings in PINYIN_DICT.values() for reading in readings.split(",")}
    spelt = sorted(toneless - {"", "n", "m", "ng", "hm", "hng", "ê", "e"} | {"e"}, key=lambda one: (-len(one), one))
    return re.compile(f"(?:{'|'.join(spelt)})+")


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_simplifier().convert(text))
