"""Is this an OSM PBF file, and is it whole? A walk over the blocks that decodes none of them.

The format (wiki.openstreetmap.org/wiki/PBF_Format): a file is blocks; a block is a 4-byte big-endian length,
a BlobHeader message (1: type, 3: size of what follows) and that many bytes. The first block is "OSMHeader".
A file cut exactly between two blocks looks whole here; the importer then misses what the roads refer to.
"""

from pathlib import Path
from typing import BinaryIO

from jedel.places.errors import MapFileDamaged, MapFileForeign, MapFileMissing, MapFileTruncated

HEADER_BYTES_MAX = 64 * 1024
BLOB_BYTES_MAX = 32 * 1024 * 1024
"""Both bounds are the format's own."""

_MAGICS = (
    (b"PK\x03\x04", "ZIP"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"<?xml", "XML"),
    (b"<osm", "XML"),
    (b"\xef\xbb\xbf<", "XML"),
    (b"\xff\xe0", "o5m"),
    (b"{", "JSON"),
    (b"%PDF", "PDF"),
    (b"SQLite format 3", "SQLite"),
    (b"PMTiles", "PMTiles"),
)


def check(path: Path) -> None:
    """Refuse a file that is missing, foreign, truncated or damaged in its structure; silence means whole."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            _walk(file, path.name, size)
    except OSError as error:
        raise MapFileMissing(file=str(path), reason=error.strerror or "") from error


def _walk(file: BinaryIO, name: str, size: int) -> None:
    if size == 0:
        raise MapFileForeign(file=name, found="empty")
    first = True
    while head := file.read(4):
        at = file.tell() - len(head)
        length = int.from_bytes(head, "big")
        if first and not 0 < length <= HEADER_BYTES_MAX:
            raise MapFileForeign(file=name, found=_guess(head + file.read(64)))
        if len(head) < 4:
            raise MapFileTruncated(file=name, at=size, size=at + 4)
        if not 0 < length <= HEADER_BYTES_MAX:
            raise MapFileDamaged(file=name, reason=f"block header of {length} bytes at byte {at}")
        header = file.read(length)
        if len(header) < length:
            raise MapFileTruncated(file=name, at=size, size=at + 4 + length)
        kind, datasize = _blob_header(header)
        if first and kind != b"OSMHeader":
            raise MapFileForeign(file=name, found=_guess(head + header))
        if not 0 < datasize <= BLOB_BYTES_MAX:
            raise MapFileDamaged(file=name, reason=f"block of {datasize} bytes at byte {at}")
        if file.tell() + datasize > size:
            raise MapFileTruncated(file=name, at=size, size=file.tell() + datasize)
        file.seek(datasize, 1)
        first = False


def _guess(start: bytes) -> str:
    for magic, name in _MAGICS:
        if start.lstrip().startswith(magic):
            return name
    try:
        start.decode()
    except UnicodeDecodeError:
        return "?"
    return "text"


def _blob_header(message: bytes) -> tuple[bytes, int]:
    """(type, datasize) of a BlobHeader; (b"", 0) when it is no such message."""
    at, kind, datasize = 0, b"", 0
    while at < len(message):
        tag, at = _varint(message, at)
        value, at = _varint(message, at)
        field, wire = tag >> 3, tag & 7
        if wire == 2:
            if field == 1:
                kind = message[at : at + value]
            at += value
        elif wire != 0:
            return b"", 0
        elif field == 3:
            datasize = value
    return kind, datasize


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 63:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            break
    return value, at
