"""The EXIF block, edited in place."""

from __future__ import annotations

import struct

import picture_files as files
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.photos.exif import drop_thumbnail, reset_orientation


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_only_the_orientation_changes(order: str, orientation: int) -> None:
    block = files.exif_block(orientation, order)
    assert reset_orientation(block) == (orientation, files.exif_block(1, order))


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_nonsense_orientation_means_upright(value: int) -> None:
    block = files.exif_block(value)
    assert reset_orientation(block) == (1, block)


@pytest.mark.parametrize("order", ["<", ">"])
def test_thumbnail_is_unlinked_and_erased(order: str) -> None:
    block = files.exif_block(1, order, thumbnail=b"face before the edit")
    without = drop_thumbnail(block)
    assert len(without) == len(block)
    assert b"face" not in without
    link_at = 8 + 2 + 3 * 12
    assert struct.unpack_from(order + "I", without, link_at) == (0,)
    assert without[:link_at] == block[:link_at]


def test_block_without_thumbnail_is_the_same_object() -> None:
    block = files.exif_block()
    assert drop_thumbnail(block) is block


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120) | st.binary(max_size=120).map(lambda tail: b"II*\0\x08\0\0\0" + tail))
def test_any_bytes_are_survived(block: bytes) -> None:
    orientation, reset = reset_orientation(block)
    assert 1 <= orientation <= 8
    assert len(reset) == len(drop_thumbnail(block)) == len(block)
