"""Latin spellings of a name in another script, good enough for two spellings of one name to meet.

Not for showing: tones and vowel signs are gone, and a name may get several spellings.
"""

import re
from functools import cache
from itertools import product

from pyewts import pyewts
from pypinyin import lazy_pinyin
from umsc import UgMultiScriptConverter

from cases.names.scripts import Script, script_of

# Surnames read otherwise than the same character elsewhere; some are read in two ways.
SURNAME_READINGS = {
    "柏": "bai bo", "秘": "bi", "薄": "bo", "卜": "bu", "种": "chong", "都": "du", "宓": "fu mi",
    "盖": "ge gai", "句": "gou", "黑": "he", "缪": "miao", "牟": "mu mou", "能": "nai", "区": "ou",
    "朴": "piao pu", "繁": "po", "覃": "qin tan", "仇": "qiu", "单": "shan", "召": "shao", "折": "she",
    "隗": "wei kui", "尉": "wei yu", "洗": "xian", "解": "xie", "乐": "yue le", "员": "yun", "曾": "zeng",
    "查": "zha", "祭": "zhai", "翟": "zhai di",
}  # fmt: skip
COMPOUND_SURNAMES = {
    "万俟", "上官", "东方", "令狐", "公冶", "公孙", "单于", "南宫", "叱干", "司徒", "司空", "司马",
    "呼延", "夏侯", "太史", "宇文", "完颜", "宗政", "尉迟", "慕容", "拓跋", "欧阳", "淳于", "澹台",
    "濮阳", "独孤", "申屠", "百里", "皇甫", "端木", "西门", "诸葛", "赫连", "轩辕", "长孙", "闾丘",
    "鲜于",
}  # fmt: skip
# Between the systems in use: what they agree on, the rest by BGN/PCGN for Russian.
CYRILLIC = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "ә": "a", "ғ": "g", "қ": "k",
    "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i", "җ": "j", "ї": "yi", "є": "ye",
    "ґ": "g", "ў": "u", "ј": "j", "љ": "lj", "њ": "nj",
})  # fmt: skip
# Kazakh, Kyrgyz, Mongolian and Uyghur names more often have these.
CYRILLIC_EASTERN = CYRILLIC | str.maketrans({"ж": "j", "й": "i", "х": "h", "қ": "q", "ғ": "gh", "ң": "ng"})

_UYGHUR = re.compile("[ەېۆۈۇۋڭ]|(?<!\\w)ئ")
_NOT_HAN = re.compile("[^㐀-鿿]+")


def romanised(text: str, key: str) -> set[str]:
    """Latin spellings of `text`, whose search key is `key`; an empty set where no way is known.

    Characters are read as toneless pinyin, whole and with the surname apart; Tibetan becomes Wylie; Uyghur
    and Cyrillic become Latin in two habits each. Arabic without vowels cannot be spelt in Latin.
    """
    match script_of(key):
        case Script.HAN:
            return _from_han(key)
        case Script.TIBETAN:
            return {_wylie().toWylie(text)}
        case Script.ARABIC if _UYGHUR.search(text):
            latin = _uyghur()(text, "UAS", "ULS")
            # Outside the alphabet's own country x is read as ks, so the press writes h.
            return {latin, latin.replace("x", "h")}
        case Script.CYRILLIC:
            lower = text.casefold()
            return {lower.translate(CYRILLIC), lower.translate(CYRILLIC_EASTERN)}
        case _:
            return set()


def _from_han(key: str) -> set[str]:
    parts = _NOT_HAN.sub(" ", key).split()
    if len(parts) != 1 or len(parts[0]) > 4 or len(parts[0]) < 2:
        # A name from another language, part by part: 迪里夏提·热西提.
        return _with_u(" ".join("".join(lazy_pinyin(part)) for part in parts))
    name = parts[0]
    length = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
    surname, given = name[:length], name[length:]
    surnames = (SURNAME_READINGS.get(surname) or "".join(lazy_pinyin(surname))).split()
    syllables = lazy_pinyin(given)
    given_spellings = {"".join(syllables), " ".join(syllables)}
    spelt = (f"{first} {rest}" for first, rest in product(surnames, given_spellings))
    return {spelling for words in spelt for spelling in _with_u(words)}


def _with_u(pinyin: str) -> set[str]:
    """The spellings of ü, which is written v here: u once accents are gone, v when typed, yu in passports."""
    return {pinyin, pinyin.replace("v", "u"), pinyin.replace("v", "yu")} if "v" in pinyin else {pinyin}


@cache
def _wylie() -> pyewts:
    return pyewts()


@cache
def _uyghur() -> UgMultiScriptConverter:
    return UgMultiScriptConverter("UAS", "ULS")
