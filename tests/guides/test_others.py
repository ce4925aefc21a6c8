"""The middle of several faces: their lines are brought together, and its detail is no stronger than theirs."""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.hidden.agreed import STRONG, Agreement, brought_together, median
from mien.guides.hidden.surrounded import Surrounded
from mien.types import Bool, Face, Float32, Photo

UNIT = 120.0


def mouth(down: float, noise: float = 0.0) -> Float32:
    """A dark line with its ends up, somewhere; gray skin around it."""
    ys, xs = np.mgrid[:96, :160].astype(np.float32)
    line = np.exp(-(((ys - 48 - down + 0.002 * (xs - 80) ** 2) / 2.5) ** 2)) * (np.abs(xs - 80) < 50)
    rough = np.random.default_rng(0).standard_normal(ys.shape).astype(np.float32) * noise
    return np.repeat((170 - 110 * line + rough)[..., None], 3, 2).astype(np.float32)


def test_lines_are_brought_together() -> None:
    pictures = [mouth(down) for down in (-4, -2, 0, 2, 4)]
    none = np.zeros((96, 160), np.float32)
    together, _ = brought_together(pictures, none, UNIT)
    spread = [float(np.std(np.stack(ones), 0)[30:66, 40:120].mean()) for ones in (pictures, together)]
    assert spread[1] < 0.5 * spread[0]
    assert np.median(np.stack(together), 0).min() < np.median(np.stack(pictures), 0).min() + 5


def test_between_the_lids_nothing_is_bent() -> None:
    pictures = [mouth(down) for down in (-4, 0, 4)]
    together, _ = brought_together(pictures, np.ones((96, 160), np.float32), UNIT)
    for before, after in zip(pictures, together, strict=True):
        np.testing.assert_allclose(after, before, atol=1e-3)


def test_large_photos_are_bent_alike() -> None:
    small = [mouth(down) for down in (-4, 0, 4)]
    large = [cv2.resize(one, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC) for one in small]
    bent = [
        np.stack(brought_together(ones, np.zeros(ones[0].shape[:2], np.float32), unit)[0])
        for ones, unit in ((small, UNIT), (large, 4 * UNIT))
    ]
    again = np.stack([cv2.resize(one, (160, 96), interpolation=cv2.INTER_AREA) for one in bent[1]])
    assert np.abs(again - bent[0])[:, 20:76, 30:130].mean() < 5


def _middle(pictures: list[Float32], here: Bool, apertures: Float32, unit: float, masked: tuple[str, ...]) -> Float32:
    agreed = Agreement.of(pictures, here, apertures, unit, masked)
    return agreed.shown(pictures[agreed.nearest], apertures, unit)


def test_medians_are_numpy_s() -> None:
    rng = np.random.default_rng(0)
    for count in (3, 4, 7, 16):
        pictures = [rng.standard_normal((19, 5, 3)).astype(np.float32) for _ in range(count)]
        np.testing.assert_allclose(median(pictures), np.median(np.stack(pictures), 0), atol=1e-6)


def test_at_a_smaller_size_faces_agree_alike() -> None:
    """Half the size, the detail of the nearest one at full size: as all of it at full size."""
    large = [
        cv2.resize(mouth(0.0, noise=n) + light, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        for n, light in ((20, 20), (20, -20), (5, 0))
    ]
    small = [cv2.resize(one, (160, 96), interpolation=cv2.INTER_AREA) for one in large]
    here, none = np.ones((192, 320), np.bool_), np.zeros((192, 320), np.float32)
    for masked in ((), ("mouth",)):
        agreed = Agreement.of(small, here[::2, ::2], none[::2, ::2], UNIT, masked)
        whole = Agreement.of(large, here, none, 2 * UNIT, masked)
        assert agreed.nearest == whole.nearest
        shown = [one.shown(large[one.nearest], none, 2 * UNIT) for one in (agreed, whole)]
        assert np.abs(shown[0] - shown[1]).mean() < 1


def power(picture: Float32) -> float:
    return float((picture - cv2.GaussianBlur(picture, (0, 0), 2))[:20].std())


def test_detail_becomes_as_strong_as_that_of_most() -> None:
    here, none = np.ones((96, 160), np.bool_), np.zeros((96, 160), np.float32)
    rough, calm = [mouth(0.0, noise=20) + 20, mouth(0.0, noise=20) - 20], mouth(0.0, noise=5)
    middle = _middle([*rough, calm], here, none, UNIT, ("nose",))
    assert power(middle) > 1.3 * power(_middle([*rough, calm], here, none, UNIT, ()))
    odd = [mouth(0.0, noise=25), mouth(0.0) + 20, mouth(0.0) - 20]
    assert power(_middle(odd, here, none, UNIT, ("nose",))) < 0.7 * power(_middle(odd, here, none, UNIT, ()))


def test_a_mouth_is_not_made_as_sharp_as_a_nose() -> None:
    here, none = np.ones((96, 160), np.bool_), np.zeros((96, 160), np.float32)
    pictures = [mouth(0.0, noise=20) + 20, mouth(0.0, noise=20) - 20, mouth(0.0, noise=5)]
    found = [power(_middle(pictures, here, none, UNIT, (feature,))) for feature in ("mouth", "nose")]
    assert found[0] < 0.8 * found[1]


def test_eyes_are_as_sharp_as_those_of_most() -> None:
    here, lids = np.ones((96, 160), np.bool_), np.ones((96, 160), np.float32)
    pictures = [mouth(0.0, noise=20) + 20, mouth(0.0, noise=20) - 20, mouth(0.0, noise=10)]
    soft, sharp = (power(_middle(pictures, here, lids, UNIT, masked)) for masked in ((), ("eyes",)))
    assert 1.3 * soft < sharp < 1.1 * STRONG["eyes"][2] * soft


def test_nothing_between_the_lids_is_no_error() -> None:
    here, none = np.ones((96, 160), np.bool_), np.zeros((96, 160), np.float32)
    pictures = [mouth(0.0, noise=20) + 20, mouth(0.0, noise=20) - 20, mouth(0.0)]
    plain, eyes = (_middle(pictures, here, none, UNIT, masked) for masked in ((), ("eyes",)))
    assert np.isfinite(eyes).all() and np.abs(plain - eyes).mean() < 1


def test_what_one_face_alone_has_is_left_out() -> None:
    here, none = np.ones((96, 160), np.bool_), np.zeros((96, 160), np.float32)
    pictures = [mouth(0.0, noise=6) + light for light in (20, 0, -20)]
    pictures[1][10:13, 78:81] = 255
    odd, usual = (_middle(pictures, here, none, UNIT, masked)[11, 79].mean() for masked in (("eyes",), ("nose",)))
    assert odd > 225
    assert usual < odd - 30


def test_lights_of_other_faces_are_held_back_to_those_of_the_skin_around(portrait: Photo, face: Face) -> None:
    lower = portrait.pixels.astype(np.float32)
    here = np.zeros(lower.shape[:2], np.bool_)
    x, y = face.landmarks[4, :2].astype(int)
    here[y - 5 : y + 5, x - 5 : x + 5] = True
    around = Surrounded(lower, here, np.ones(here.shape, np.float32), face, 60.0)
    burnt, dark = np.full_like(lower, 300), np.full_like(lower, 5)
    held = around.no_brighter(burnt)
    assert held[y, x].max() < np.percentile(lower[around.inside], 99.9, axis=0).max() + 12 < 300
    np.testing.assert_array_equal(around.no_brighter(dark), dark)
