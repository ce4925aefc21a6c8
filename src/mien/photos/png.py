"""What a PNG file says beside its samples, wherever it says it (ISO/IEC 15948, third edition)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from mien.photos.exif import PREFIX
from mien.photos.profile import cicp_profile, gamma_profile, noted

_MOST_TEXT = 1 << 24
_PROFILES = (b"Raw profile type exif", b"Raw profile type APP1")  # what ImageMagick and exiftool call an EXIF block
_GRAY = (0, 4)


def read_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk of a file but its samples, in order; damaged ones are left out."""
    at = 8
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind != b"IDAT" and at + 12 + length <= len(data):
            content = data[at + 8 : at + 8 + length]
            if struct.pack(">I", zlib.crc32(kind + content)) == data[at + 8 + length : at + 12 + length]:
                yield kind, content
        at += 12 + length


def read_exif(data: bytes) -> bytes | None:
    """The EXIF block, without prefix: from an eXIf chunk, before or after the samples, or from a text chunk."""
    found = None
    for kind, content in read_chunks(data):
        if kind == b"eXIf":
            return content.removeprefix(PREFIX) or None
        if kind in (b"tEXt", b"zTXt", b"iTXt") and content.startswith(_PROFILES):
            found = found or _from_text(kind, content)
    return found


def read_profile(data: bytes, icc: bytes | None) -> tuple[bytes | None, list[str]]:
    """What cICP, iCCP, sRGB, or gAMA and cHRM say about the colors; the first of these counts.

    Args:
        data: the file.
        icc: the content of its iCCP chunk.

    Returns:
        A profile, None for sRGB, and what reading changed, in words.
    """
    chunks, gray, notes = dict(read_chunks(data)), data[25] in _GRAY, []
    code = chunks.get(b"cICP", b"")
    if len(code) == 4:
        try:
            if code[2:] != b"\0\1":
                raise ValueError("not RGB, or not the full range")
            return noted(cicp_profile(code[0], code[1], gray=gray), "the cICP chunk")
        except ValueError:
            notes = [f"the cICP chunk (primaries {code[0]}, transfer {code[1]}) was not used and not kept"]
    if icc is not None or b"sRGB" in chunks:
        return icc, notes
    gamma, primaries = chunks.get(b"gAMA"), chunks.get(b"cHRM")
    try:
        values = None if primaries is None else tuple(v / 1e5 for v in struct.unpack(">8I", primaries))
        made = gamma_profile(None if gamma is None else struct.unpack(">I", gamma)[0] / 1e5, values, gray=gray)
        return made, notes + noted(made, "gAMA and cHRM")[1]
    except (ValueError, struct.error):
        return None, [*notes, "gAMA and cHRM make no sense, and were not used and not kept"]


def _from_text(kind: bytes, content: bytes) -> bytes | None:
    """An EXIF block written as hexadecimal digits: keyword, NUL, line feed, name, length, digits."""
    _, _, text = content.partition(b"\0")
    try:
        if kind == b"iTXt":
            packed, _, _, text = text[0], *text[2:].split(b"\0", 2)
        else:
            packed, text = kind == b"zTXt", text[kind == b"zTXt" :]
        if packed:
            text = zlib.decompressobj().decompress(text, _MOST_TEXT)
        _, _, *digits = text.split()
        block = bytes.fromhex(b"".join(digits).decode("ascii"))
    except (ValueError, IndexError, zlib.error):
        return None
    return block.removeprefix(PREFIX) if block.startswith((PREFIX, b"II*\0", b"MM\0*")) else None
