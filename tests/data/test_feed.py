from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from mien.data import Feed, ImageSet, LabelMaps, Picture, Sampler, contact_sheet


def _set(n: int, memory: int = 1 << 20) -> ImageSet:
    def encoded(value: int) -> bytes:
        pixels = np.zeros((8, 8, 3), np.uint8)
        pixels[:, :4] = value  # left half bright, so that mirroring shows
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG")
        return buffer.getvalue()

    return ImageSet([Picture(str(i), lambda i=i: encoded(10 + i)) for i in range(n)], 8, memory=memory)


def _feed(images: ImageSet, batch: int, **options: int) -> Feed:
    return Feed(images, Sampler(np.ones(len(images)), seed=2), batch, **options)


def test_batches_are_the_same_in_and_out_of_memory() -> None:
    inside, outside = _feed(_set(9), 4), _feed(_set(9, memory=0), 4)
    for _ in range(5):
        assert torch.equal(inside.next().pictures, outside.next().pictures)


def test_about_half_are_mirrored_and_the_others_are_as_they_were() -> None:
    feed = _feed(_set(64), 64)
    batch = torch.cat([feed.next().pictures for _ in range(4)])
    left, right = batch[:, 0, 0, 0] > 0, batch[:, 0, 0, -1] > 0
    assert torch.equal(left, ~right)
    assert 90 < int(right.sum()) < 166


def test_processes_share_one_sequence() -> None:
    whole, first, second = _feed(_set(9), 6), *(_feed(_set(9), 6, rank=r, world=2) for r in range(2))
    for _ in range(4):
        together = torch.stack([first.next().pictures, second.next().pictures], dim=1).flatten(0, 1)
        assert torch.equal(whole.next().pictures, together)


def test_resuming_continues_pictures_and_mirroring() -> None:
    feed, later = _feed(_set(9), 4), _feed(_set(9), 4)
    feed.next()
    later.load_state_dict(feed.state_dict())
    assert torch.equal(feed.next().pictures, later.next().pictures)


def test_a_batch_that_cannot_be_shared_is_refused() -> None:
    with pytest.raises(ValueError, match="shared by 2"):
        _feed(_set(3), 3, world=2)


def test_contact_sheet_places_pictures_row_by_row() -> None:
    pictures = np.arange(5, dtype=np.uint8)[:, None, None, None].repeat(4, 1).repeat(4, 2).repeat(3, 3)
    sheet = contact_sheet(pictures, columns=3, gap=1)
    assert sheet.shape == (9, 14, 3)
    assert [int(sheet[r, c, 0]) for r, c in [(0, 0), (0, 5), (0, 10), (5, 0), (5, 5)]] == [0, 1, 2, 3, 4]
    assert (sheet[4] == 255).all()
    assert (sheet[5:, 10:] == 255).all()
    with pytest.raises(ValueError, match="N > 0"):
        contact_sheet(pictures[:0])


def test_labels_are_mirrored_with_their_pictures_and_left_becomes_right() -> None:
    images = _set(64)
    maps = np.zeros((64, 8, 8), np.uint8)
    maps[:, :, :4] = 4  # the bright half
    swap = np.arange(256, dtype=np.uint8)
    swap[[4, 5]] = 5, 4
    batch = Feed(images, Sampler(np.ones(64), seed=2), 64, labels=LabelMaps(maps, swap)).next()
    assert batch.labels is not None
    right = batch.pictures[:, 0, 0, -1] > 0
    assert torch.equal(batch.labels[right, :, 4:], torch.full_like(batch.labels[right, :, 4:], 5))
    assert torch.equal(batch.labels[~right, :, :4], torch.full_like(batch.labels[~right, :, :4], 4))
    assert torch.equal(batch.labels > 0, batch.pictures[:, 0] > 0)
