"""Guides over photos: samples that are sure are copied as they are, others mixed, the rest is left alone."""

from __future__ import annotations

import numpy as np
import pytest

from mien.guides.guide import Guide, halvable
from mien.types import Photo


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_samples_of_the_photos_type_are_laid_as_float_ones_are(kind: type) -> None:
    rng = np.random.default_rng(0)
    highest = np.iinfo(kind).max
    photo = Photo(rng.integers(0, highest, (40, 30, 3), endpoint=True).astype(kind))
    samples = rng.integers(0, highest, (20, 10, 3), endpoint=True).astype(kind)
    sure = (rng.random((20, 10)) > 0.5).astype(np.float32)
    made, area = Guide((5, 8, 15, 28), samples, sure).over(photo)
    expected, _ = Guide((5, 8, 15, 28), samples.astype(np.float32), sure).over(photo)
    np.testing.assert_array_equal(made.pixels, expected.pixels)
    np.testing.assert_array_equal(made.pixels[8:28, 5:15][sure > 0], samples[sure > 0])
    np.testing.assert_array_equal(made.pixels[~area], photo.pixels[~area])


def test_a_part_with_a_guide_over_it_is_that_of_the_whole() -> None:
    rng = np.random.default_rng(0)
    photo = Photo(rng.integers(0, 255, (40, 30, 1)).astype(np.uint8))
    guide = Guide((5, 8, 15, 28), rng.uniform(0, 255, (20, 10, 1)).astype(np.float32), rng.random((20, 10), np.float32))
    whole, _ = guide.over(photo)
    np.testing.assert_array_equal(guide.part_over(photo, (3, 8, 20, 33)).pixels, whole.pixels[8:33, 3:20])


def test_a_halvable_box_holds_the_box_and_stays_in_the_photo() -> None:
    assert halvable((3, 5, 100, 90), (200, 300)) == (3, 5, 107, 93)
    assert halvable((250, 150, 299, 200), (200, 300)) == (244, 144, 300, 200)
    assert halvable((0, 0, 299, 200), (200, 299)) == (0, 0, 299, 200)
