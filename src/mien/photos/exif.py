"""The EXIF block: read and reset the orientation, drop the thumbnail, in place.

A block is a TIFF structure; everything in it that is not named here stays byte for byte, maker notes included, which
refer to absolute offsets and would not survive being written anew.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

PREFIX = b"Exif\0\0"

_ORIENTATION = 0x0112
_THUMBNAILS = ((0x0201, 0x0202), (0x0111, 0x0117))  # (offset, length) of a JPEG thumbnail, of an uncompressed one
_SHORT = 3


class _Entry(NamedTuple):
    tag: int
    kind: int
    values: int
    value_at: int


def reset_orientation(block: bytes) -> tuple[int, bytes]:
    """The orientation (1 to 8; 1 where it is absent or nonsense) and the block with it set to 1.

    When the picture has to be turned, the thumbnail goes too: it would be shown lying on its side.
    """
    try:
        order = _byte_order(block)
        found = next((e for e in _entries(block, order, _first_directory(block, order)) if e.tag == _ORIENTATION), None)
        if found is None:
            return 1, block
        value = _value(block, order, found)
    except struct.error:
        return 1, block
    if not 2 <= value <= 8:
        return 1, block
    changed = bytearray(block)
    struct.pack_into(order + ("H" if found.kind == _SHORT else "I"), changed, found.value_at, 1)
    return value, drop_thumbnail(bytes(changed))


def drop_thumbnail(block: bytes) -> bytes:
    """The block without its thumbnail, which shows the picture as it was before; the same object if it has none."""
    try:
        order = _byte_order(block)
        link_at = _link_position(block, order, _first_directory(block, order))
        (second,) = struct.unpack_from(order + "I", block, link_at)
        if second == 0:
            return block
        values = {e.tag: _value(block, order, e) for e in _entries(block, order, second) if e.values == 1}
    except struct.error:
        return block
    changed = bytearray(block)
    struct.pack_into(order + "I", changed, link_at, 0)
    for offset_tag, length_tag in _THUMBNAILS:
        start, length = values.get(offset_tag, 0), values.get(length_tag, 0)
        if start >= 8 and start + length <= len(block):
            changed[start : start + length] = bytes(length)
    return bytes(changed)


def _byte_order(block: bytes) -> str:
    if block[:4] == b"II*\0":
        return "<"
    if block[:4] == b"MM\0*":
        return ">"
    raise struct.error("not a TIFF structure")


def _first_directory(block: bytes, order: str) -> int:
    (offset,) = struct.unpack_from(order + "I", block, 4)
    return int(offset)


def _entries(block: bytes, order: str, directory: int) -> Iterator[_Entry]:
    (count,) = struct.unpack_from(order + "H", block, directory)
    for at in range(directory + 2, directory + 2 + 12 * count, 12):
        tag, kind, values = struct.unpack_from(order + "HHI", block, at)
        yield _Entry(tag, kind, values, at + 8)


def _link_position(block: bytes, order: str, directory: int) -> int:
    (count,) = struct.unpack_from(order + "H", block, directory)
    return int(directory + 2 + 12 * count)


def _value(block: bytes, order: str, entry: _Entry) -> int:
    (value,) = struct.unpack_from(order + ("H" if entry.kind == _SHORT else "I"), block, entry.value_at)
    return int(value)
