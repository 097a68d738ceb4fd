"""Unpack a ZIP archive in memory, believing nothing that it says about itself."""

import io
import re
import stat
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from diaspora_net.core.uploads.inspection.verdict import Refused

MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_ENTRIES = 1000
# Every small archive of XML packs well; a bomb is not small.
RATIO_COUNTS_FROM = 1024 * 1024
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_UNSAFE_NAME = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|\\|^[A-Za-z]:|[\x00-\x1f\x7f]")


class Budget:
    """How much may still be unpacked, shared by an archive and the archives in it."""

    def __init__(self, packed: int) -> None:
        self.packed = packed
        self.unpacked = 0
        self.entries = 0

    @property
    def left(self) -> int:
        """Return how many bytes may still be unpacked."""
        by_ratio = max(RATIO_COUNTS_FROM, self.packed * MOST_RATIO)
        return min(MOST_UNPACKED, by_ratio) - self.unpacked

    def spend(self, size: int) -> None:
        """Count ``size`` unpacked bytes."""
        self.unpacked += size
        if self.left < 0:
            raise Refused("bomb")


def unpack(data: bytes, budget: Budget) -> dict[str, bytes]:
    """Return the content of every entry by name.

    Refuses archives with something before them, unsafe or double names, links, passwords, unknown packing, and entries
    whose headers, sizes or sums do not agree with what is there.
    """
    if data.startswith(OLD_OFFICE):
        raise Refused("encrypted")
    if not data.startswith(b"PK\x03\x04"):
        raise Refused("mismatch")
    entries = _directory(data)
    budget.entries += len(entries)
    if budget.entries > MOST_ENTRIES:
        raise Refused("bomb")
    names = [entry.filename.casefold() for entry in entries]
    if len(set(names)) < len(names):
        raise Refused("unsafe_names")
    for entry in entries:
        _judge_entry(entry)
    return {entry.filename: _content(data, entry, budget) for entry in entries if not entry.is_dir()}


def _directory(data: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OSError):
        raise Refused("damaged") from None


def _judge_entry(entry: zipfile.ZipInfo) -> None:
    # orig_filename still holds what zipfile cuts off at a NUL.
    if _UNSAFE_NAME.search(entry.orig_filename) or len(PurePosixPath(entry.filename).parts) > 20:
        raise Refused("unsafe_names")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused("unsafe_names")
    if entry.flag_bits & 0x1:
        raise Refused("encrypted")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused("damaged")


def _content(data: bytes, entry: zipfile.ZipInfo, budget: Budget) -> bytes:
    """Unpack one entry from its own header on, so that headers which contradict each other are seen."""
    header = data[entry.header_offset : entry.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size:
        raise Refused("damaged")
    magic, *_rest, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    begins = entry.header_offset + _LOCAL_HEADER.size
    name = data[begins : begins + name_length]
    begins += name_length + extra_length
    packed = data[begins : begins + entry.compress_size]
    spelled = {entry.orig_filename.encode("utf-8"), entry.orig_filename.encode("cp437", "replace")}
    if magic != b"PK\x03\x04" or name not in spelled or len(packed) < entry.compress_size:
        raise Refused("damaged")
    content = _inflate(packed, budget) if entry.compress_type == zipfile.ZIP_DEFLATED else packed
    budget.spend(len(content))
    if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        raise Refused("damaged")
    return content


def _inflate(packed: bytes, budget: Budget) -> bytes:
    machine = zlib.decompressobj(-15)
    try:
        content = machine.decompress(packed, budget.left + 1)
    except zlib.error:
        raise Refused("damaged") from None
    if len(content) > budget.left:
        raise Refused("bomb")
    if not machine.eof or machine.unused_data:
        raise Refused("damaged")
    return content
