"""Unpack a spreadsheet's zip by counting, and pack a clean one for the reader.

Nothing the archive says about itself is believed: every part is inflated piece by piece against one budget,
and size, checksum and place must then agree with what was declared. The reader gets a new archive made of the
counted XML parts alone, so that two programs cannot see two different files in one.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from cases.importing import limits
from cases.importing.refusals import Refusal, Refused

LOCAL_HEADER = struct.Struct("<4s22xHH")
LOCAL_SIGNATURE = b"PK\x03\x04"
ENCRYPTED_FLAG = 0x1
STORED, DEFLATED = 0, 8
CHUNK = 1024 * 1024

DECLARATIONS = ("<!doctype", "<!entity")
# The same letters in UTF-8, UTF-16 and UTF-32; joined by zero bytes, either byte order matches.
DECLARATION_BYTES = tuple(
    zeros.join(letter.encode() for letter in word) for word in DECLARATIONS for zeros in (b"", b"\0", b"\0\0\0")
)
DECLARED_ENCODING = re.compile(rb"""^<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([^"']*)["']""")
READABLE_ENCODINGS = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
UTF8_BOM = b"\xef\xbb\xbf"

ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
ODS_PARTS = {"mimetype", "content.xml", "styles.xml", "meta.xml", "settings.xml", "META-INF/manifest.xml"}
XLSX_FOLDERS = ("xl/", "_rels/", "docProps/")
PICTURES = re.compile(r"(?:^|/)(?:media|Pictures|embeddings|Object [0-9]+|drawings)/[^/]+\.\w+$")


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """A spreadsheet that has been counted: its `kind` ("xlsx" or "ods"), its XML `parts` by name, and how
    many pictures and embedded objects were left behind."""

    kind: str
    parts: dict[str, bytes]
    pictures: int

    def packed(self) -> bytes:
        """A new archive of these parts, uncompressed."""
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for name, part in self.parts.items():
                archive.writestr(zipfile.ZipInfo(name), part)
        return target.getvalue()


def open_spreadsheet(content: bytes) -> Spreadsheet:
    """Count, check and sort the parts of the zip in `content`. Raises Refused."""
    members = unpack(content)
    for name, part in members.items():
        if is_markup(name):
            refuse_definitions(part)
    kind = spreadsheet_kind(members)
    parts = {name: part for name, part in members.items() if is_wanted(name, kind)}
    for name, part in parts.items():
        if is_markup(name):
            refuse_odd_encoding(part)
    pictures = sum(1 for name in members if PICTURES.search(name) and not is_markup(name))
    return Spreadsheet(kind=kind, parts=parts, pictures=pictures)


def unpack(content: bytes) -> dict[str, bytes]:
    """Name → content of every file in the zip. Raises Refused when anything about it is not straight."""
    try:
        entries = zipfile.ZipFile(BytesIO(content)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error, EOFError) as error:
        raise Refused(Refusal.DAMAGED) from error
    if len(entries) > limits.ARCHIVE_MEMBERS:
        raise Refused(Refusal.TOO_MANY_MEMBERS)
    members: dict[str, bytes] = {}
    taken: list[tuple[int, int]] = []
    budget = limits.UNPACKED_BYTES
    for entry in entries:
        start, raw = _raw_member(content, entry)
        taken.append((entry.header_offset, start + len(raw)))
        if entry.filename in members:
            raise Refused(Refusal.DAMAGED)
        member = _inflate(raw, entry, budget)
        budget -= len(member)
        if not entry.is_dir():
            members[entry.filename] = member
    _refuse_overlap(taken)
    return members


def _raw_member(content: bytes, entry: zipfile.ZipInfo) -> tuple[int, bytes]:
    if entry.flag_bits & ENCRYPTED_FLAG:
        raise Refused(Refusal.ENCRYPTED)
    if entry.compress_type not in (STORED, DEFLATED):
        raise Refused(Refusal.DAMAGED)
    header = content[entry.header_offset : entry.header_offset + LOCAL_HEADER.size]
    if entry.header_offset < 0 or len(header) < LOCAL_HEADER.size:
        raise Refused(Refusal.DAMAGED)
    signature, name_length, extra_length = LOCAL_HEADER.unpack(header)
    start = entry.header_offset + LOCAL_HEADER.size + name_length + extra_length
    if signature != LOCAL_SIGNATURE or start + entry.compress_size > len(content):
        raise Refused(Refusal.DAMAGED)
    return start, content[start : start + entry.compress_size]


def _inflate(raw: bytes, entry: zipfile.ZipInfo, budget: int) -> bytes:
    """The content of one member, never more than `budget` bytes of it."""
    if entry.compress_type == STORED:
        member = raw
        if len(member) > budget:
            raise Refused(Refusal.UNPACKED_TOO_LARGE)
    else:
        member = b"".join(_inflated_pieces(raw, budget))
    if len(member) != entry.file_size:
        raise Refused(Refusal.SIZES_LIE)
    if zlib.crc32(member) != entry.CRC:
        raise Refused(Refusal.DAMAGED)
    return member


def _inflated_pieces(raw: bytes, budget: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    waiting = raw
    try:
        while not inflater.eof:
            piece = inflater.decompress(waiting, CHUNK)
            waiting = inflater.unconsumed_tail
            budget -= len(piece)
            if budget < 0:
                raise Refused(Refusal.UNPACKED_TOO_LARGE)
            if not piece and not inflater.eof:
                raise Refused(Refusal.DAMAGED)
            yield piece
    except zlib.error as error:
        raise Refused(Refusal.DAMAGED) from error
    if inflater.unused_data:
        raise Refused(Refusal.SIZES_LIE)


def _refuse_overlap(taken: list[tuple[int, int]]) -> None:
    end_of_last = 0
    for start, end in sorted(taken):
        if start < end_of_last:
            raise Refused(Refusal.SIZES_LIE)
        end_of_last = end


def is_markup(name: str) -> bool:
    """Whether a part is XML by its name; the reader is given no other."""
    return name.lower().endswith((".xml", ".rels", ".vml", ".rdf"))


def is_wanted(name: str, kind: str) -> bool:
    """Whether the reader needs this part."""
    if kind == "ods":
        return name in ODS_PARTS
    if not name.lower().endswith((".xml", ".rels")):
        return False
    return name.startswith(XLSX_FOLDERS) or name == "[Content_Types].xml"


def refuse_definitions(part: bytes) -> None:
    """Raise Refused when XML has a document type or an entity definition in any encoding of ASCII letters."""
    lowered = part.lower()
    if any(declaration in lowered for declaration in DECLARATION_BYTES):
        raise Refused(Refusal.DEFINITIONS)


def refuse_odd_encoding(part: bytes) -> None:
    """Raise Refused unless XML is UTF-8 and says so: what was searched is then what the reader sees."""
    declared = DECLARED_ENCODING.match(part.removeprefix(UTF8_BOM))
    if declared and declared[1].strip().lower() not in READABLE_ENCODINGS:
        raise Refused(Refusal.DAMAGED)
    try:
        part.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(Refusal.DAMAGED) from error


def spreadsheet_kind(members: dict[str, bytes]) -> str:
    """ "xlsx" or "ods", told by what is inside. Raises Refused for every other kind of archive."""
    manifest = members.get("META-INF/manifest.xml", b"")
    if b"encryption-data" in manifest or "encrypted-package" in members:
        raise Refused(Refusal.ENCRYPTED)
    if members.get("mimetype", b"").strip().startswith(ODS_TYPE) and "content.xml" in members:
        return "ods"
    if "[Content_Types].xml" in members:
        if "xl/workbook.bin" in members:
            raise Refused(Refusal.BINARY_EXCEL)
        if any(name.startswith("xl/") and is_markup(name) for name in members):
            return "xlsx"
    raise Refused(Refusal.NOT_A_TABLE)
