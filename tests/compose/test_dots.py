"""Prints: their dots are found, taken off, and go on in phase where something is healed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.compose import screens
from mien.compose.screens import screens_of
from mien.guides.healing.heal import heal
from mien.types import Bool, Photo, UInt8

SIDE = 200


def printed(pitch: float, angles: tuple[float, ...]) -> UInt8:
    """A print that gets darker to the right: a screen a channel, or one for all."""
    ys, xs = np.mgrid[:SIDE, :SIDE].astype(np.float64)
    planes = []
    for number, angle in enumerate(angles):
        c, s = np.cos(np.deg2rad(angle)) * 2 * np.pi / pitch, np.sin(np.deg2rad(angle)) * 2 * np.pi / pitch
        spot = np.cos(c * xs + s * ys + number) + np.cos(c * ys - s * xs + 2 * number)
        planes.append(250 - 210 / (1 + np.exp(-3 * (spot + (xs - SIDE / 2) / 80))))
    picture = np.stack(planes * (3 // len(planes)), 2) + np.random.default_rng(0).normal(0, 2, (SIDE, SIDE, 3))
    return np.rint(picture.clip(0, 255)).astype(np.uint8)


def hurt(truth: UInt8) -> tuple[Photo, Bool]:
    marks = np.zeros((SIDE, SIDE), np.uint8)
    cv2.line(marks, (60, 40), (150, 80), 1, 4)
    cv2.circle(marks, (90, 130), 12, 1, -1)
    return Photo(np.where(marks[..., None] > 0, np.uint8(235), truth)), marks > 0


@pytest.mark.parametrize(("pitch", "angles"), [(8.5, (45.0,)), (4.3, (15.0, 75.0, 45.0))], ids=["gray", "inks"])
def test_dots_go_on_in_phase(pitch: float, angles: tuple[float, ...]) -> None:
    truth = printed(pitch, angles)
    photo, mask = hurt(truth)
    healed, area = heal(photo, mask).over(photo)
    assert np.corrcoef(healed.pixels[mask].ravel(), truth[mask].ravel())[0, 1] > 0.97
    assert (healed.pixels[~mask] == truth[~mask]).all() and not area[~mask].any()


def test_dots_are_found_in_crooked_scans() -> None:
    truth, (ys, xs) = printed(6.0, (30.0,)), np.mgrid[:SIDE, :SIDE].astype(np.float32)
    bent = cv2.remap(truth, xs + 2 * np.sin(ys / 40), ys + 2 * np.sin(xs / 50), cv2.INTER_CUBIC)
    photo, mask = hurt(bent)
    healed, _ = heal(photo, mask).over(photo)
    assert np.corrcoef(healed.pixels[mask].ravel(), bent[mask].ravel())[0, 1] > 0.9


def test_stripes_noise_cloth_in_a_part_and_the_grid_of_jpeg_are_no_screens() -> None:
    ys, xs = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    noise = np.random.default_rng(0).normal(128, 30, (SIDE, SIDE, 3)).astype(np.float32)
    stripes = np.repeat(128 + 60 * np.sin(xs + 0.4 * ys)[..., None], 3, 2)
    cloth = np.pad(noise, ((0, SIDE // 2), (0, SIDE // 2), (0, 0)), mode="reflect")
    cloth[:100, :100] = printed(6.0, (45.0,))[:100, :100]
    blocks = np.repeat((100 + 40 * ((xs % 8 == 0) | (ys % 8 == 0)))[..., None], 3, 2) + noise / 10
    for picture in (noise, stripes, cloth, blocks.astype(np.float32), noise[:60, :60]):
        assert screens_of(picture) is None


def test_a_print_that_is_seen_at_the_first_glance_alone_is_none_and_equal_lattices_are_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = np.zeros((SIDE, SIDE, 3), np.float32)
    pairs = [(5.0, at * np.eye(2)) for at in (0.11, 0.17)]
    for after, count in (([], 0), (pairs, 2)):
        answers = iter([pairs])
        monkeypatch.setattr(screens, "_lattices", lambda *_, answers=answers, after=after: next(answers, after))
        found = screens_of(picture)
        assert (0 if found is None else len(found.lattices)) == count
