"""Which encoding a text file is in: its byte order mark's, else UTF-8, else the likeliest of a few.

The guess is made on the lines that are not plain ASCII: one foreign name among thousands of lines may be all
the evidence there is. On evidence that short a general detector fails (charset-normalizer took 20 of 38
single names for something else), so the four encodings that lists arrive in are weighed by how real the words
look that they give; the detector decides only when none of the four looks right.
"""

import codecs
import re

from charset_normalizer import from_bytes

from cases.importing.refusals import Refusal, Refused

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The first of equally likely ones wins.
LIKELY = ("cp1252", "gb18030", "big5", "cp1251")
UNLIKELY = ("cp1250", "cp1256", "koi8_r")
CONVINCING = 0.75
POSSIBLE = 0.5
ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "windows-1252 (Western European)",
    "cp1251": "windows-1251 (Cyrillic)",
    "cp1250": "windows-1250 (Central European)",
    "cp1256": "windows-1256 (Arabic)",
    "gb18030": "GB18030 (simplified Chinese)",
    "big5": "Big5 (traditional Chinese)",
    "koi8_r": "KOI8-R (Cyrillic)",
}
EVIDENCE_BYTES = 64 * 1024
# A UTF-8 file with a few broken bytes has many whole characters for each; other encodings have next to none.
WHOLE_PER_BROKEN = 10

WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿŒœŠšŽžŸЀ-ӿ]+")
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
TYPOGRAPHY = set("‘’“”„‚«»‹›–—…•·°§№€\xa0")
CYRILLIC = re.compile(r"[Ѐ-ӿ]+")
# Lead bytes of the common characters (sorted by sound or stroke) and of the punctuation in each set.
COMMON_LEADS = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5": ("big5", 0xA4, 0xC6)}
PUNCTUATION_LEADS = (0xA1, 0xA3)
RARE = 0.4


def decode(content: bytes) -> tuple[str, str]:
    """The text of `content` without byte order mark, and its encoding's name for people. Raises Refused."""
    for mark, codec in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decoded(content, codec)
    if b"\0" in content:
        raise Refused(Refusal.NUL)
    try:
        return content.decode("utf-8"), ENCODING_NAMES["utf-8"]
    except UnicodeDecodeError as error:
        _refuse_broken_utf8(content, error.start)
    return _decoded(content, _guessed(content))


def _decoded(content: bytes, codec: str) -> tuple[str, str]:
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        raise Refused(Refusal.UNKNOWN_ENCODING) from error
    if "\0" in text:
        raise Refused(Refusal.NUL)
    return text, ENCODING_NAMES[codec]


def _refuse_broken_utf8(content: bytes, position: int) -> None:
    text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = len(NOT_ASCII.findall(text)) - broken
    if whole > broken * WHOLE_PER_BROKEN:
        raise Refused(Refusal.BROKEN_UTF8, row=content.count(b"\n", 0, position) + 1)


def _guessed(content: bytes) -> str:
    lines = (line for line in content.splitlines(keepends=True) if not line.isascii())
    evidence = b"".join(lines)[:EVIDENCE_BYTES]
    # A cut in the middle of a character would speak against the right encoding.
    evidence = evidence[: evidence.rfind(b"\n") + 1] or evidence
    scores = {codec: _likelihood(evidence, codec) for codec in LIKELY}
    best = max(LIKELY, key=lambda codec: scores[codec])
    if scores[best] >= CONVINCING:
        return best
    possible = [*UNLIKELY, *(codec for codec in LIKELY if scores[codec] >= POSSIBLE)]
    matches = from_bytes(evidence, cp_isolation=possible, preemptive_behaviour=False, enable_fallback=False)
    match = matches.best()
    if match is None:
        raise Refused(Refusal.UNKNOWN_ENCODING)
    return match.encoding


def _likelihood(evidence: bytes, codec: str) -> float:
    """0 to 1: the share of the characters beyond ASCII that are plausible where they stand."""
    try:
        text = evidence.decode(codec)
    except UnicodeDecodeError:
        return 0.0
    foreign = NOT_ASCII.findall(text)
    if codec in COMMON_LEADS:
        plausible = sum(_commonness(character, codec) for character in foreign)
    else:
        plausible = sum(1 for character in foreign if character in TYPOGRAPHY)
        is_real = _is_cyrillic_word if codec == "cp1251" else _is_western_word
        plausible += sum(len(NOT_ASCII.findall(word)) for word in WORD.findall(text) if is_real(word))
    return plausible / len(foreign) if foreign else 0.0


def _commonness(character: str, codec: str) -> float:
    """1 for a common Chinese character or its punctuation, less for a rare one, 0 for anything else."""
    if character in TYPOGRAPHY:
        return 1.0
    charset, first, last = COMMON_LEADS[codec]
    try:
        lead = character.encode(charset)[0]
    except UnicodeEncodeError:
        return 0.0
    if first <= lead <= last or PUNCTUATION_LEADS[0] <= lead <= PUNCTUATION_LEADS[1]:
        return 1.0
    return RARE if lead > last else 0.0


def _is_western_word(word: str) -> bool:
    """At least as many plain letters as accented ones (or one letter alone), in one case or capitalised."""
    accented = len(NOT_ASCII.findall(word))
    return accented <= max(len(word) - accented, 1) and _is_in_one_case(word)


def _is_cyrillic_word(word: str) -> bool:
    """Cyrillic letters only, in one case or with a capital first."""
    return bool(CYRILLIC.fullmatch(word)) and _is_in_one_case(word)


def _is_in_one_case(word: str) -> bool:
    return word.isupper() or word[1:].islower() or len(word) == 1
