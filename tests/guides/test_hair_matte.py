"""Where hair is: what colors tell beyond the parser."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.compose.matte import enlarged
from mien.conditions.hair_matting import HairMatting
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.hair.matte import VEIL, continued, told_by_color
from mien.guides.hair.pieces import no_outline, pieces
from mien.guides.regions import region_matte
from mien.types import Face, Photo


def test_a_matte_is_the_same_at_another_size() -> None:
    rng = np.random.default_rng(0)
    ys, xs = np.mgrid[:320, :320]
    alpha = np.clip((160 + 30 * np.sin(ys / 14.0) - xs) / 6 + 0.5, 0, 1)[..., None]
    picture = (alpha * (40, 30, 25) + (1 - alpha) * (190, 200, 210) + rng.normal(0, 1, (320, 320, 1))).astype(np.uint8)
    small, told = (cv2.resize(one, (160, 160), interpolation=cv2.INTER_AREA) for one in (picture, alpha[..., 0]))
    found = enlarged(picture, small, told.astype(np.float32))
    plain = cv2.resize(told, (320, 320), interpolation=cv2.INTER_LINEAR)
    assert np.abs(found - alpha[..., 0]).mean() < 0.6 * np.abs(plain - alpha[..., 0]).mean()


@pytest.mark.parametrize(("width", "there"), [(1, False), (24, True)])
def test_the_rim_of_a_shaven_head_is_no_hair(
    portrait: Photo, face: Face, parser: FaceParser, monkeypatch: pytest.MonkeyPatch, width: int, there: bool
) -> None:
    def seen(picture: np.ndarray, *_: object) -> tuple[np.ndarray, np.ndarray]:
        ring = np.zeros(picture.shape[:2], np.uint8)
        middle = (picture.shape[1] // 2, picture.shape[0] // 3)
        cv2.ellipse(ring, middle, (70, 60), 0, 180, 360, 1, width)
        return ring.astype(np.float32), picture

    monkeypatch.setattr(HairMatting, "bundled", lambda: seen)
    if there:
        assert (region_matte(portrait, face, "hair", parser) > 0.5).any()
    else:
        with pytest.raises(LayerError, match="There is no hair"):
            region_matte(portrait, face, "hair", parser)


@pytest.mark.parametrize(("color", "skinny"), [((30, 24, 22), True), ((125, 105, 70), False)])
def test_skin_between_dark_strands_is_no_hair_and_highlights_of_fair_hair_are(
    color: tuple[int, int, int], skinny: bool
) -> None:
    ys, xs = np.mgrid[:240, :240]
    noise = np.random.default_rng(0).normal(0, 3, (240, 240, 1))
    fringe, gap = ys < 120, (ys > 60) & (ys < 120) & (xs % 40 < 14) & (xs > 60) & (xs < 180)
    picture = np.where((fringe & ~gap)[..., None], color, (200, 150, 125)) + noise
    skin, matte = (~fringe).astype(np.float32), fringe.astype(np.float32)
    near = np.asarray(ys > 40, np.float32)
    told = told_by_color(picture.clip(0, 255).astype(np.uint8), matte, skin, near, 2.0)
    assert (told[gap].mean() < 0.1) == skinny
    assert told[fringe & ~gap].mean() > 0.9


def test_gray_hair_over_skin_of_the_same_light_is_told_by_hue() -> None:
    ys, xs = np.mgrid[:240, :240]
    noise = np.random.default_rng(0).normal(0, 3, (240, 240, 1))
    fringe, gap = ys < 120, (ys > 60) & (ys < 120) & (xs % 60 < 24) & (xs > 60) & (xs < 180)
    picture = np.where((fringe & ~gap)[..., None], (165, 160, 160), (205, 155, 130)) + noise
    skin, matte = np.where(gap, 0.2, (~fringe)).astype(np.float32), fringe.astype(np.float32)
    seen, near = picture.clip(0, 255).astype(np.uint8), np.asarray(ys > 40, np.float32)
    told = told_by_color(seen, matte, skin, near, 2.0)
    middle = cv2.erode(gap.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert told[middle].mean() < 0.01
    veil = told_by_color(seen, matte, (~fringe).astype(np.float32), near, 2.0)[middle]
    assert np.abs(veil - VEIL).max() < 0.01, "where the parser sees no skin at all, thin hair lies over it"
    assert told[cv2.erode((fringe & ~gap).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0].mean() > 0.99


def test_a_highlight_within_dark_hair_is_no_gap_through_which_skin_is_seen() -> None:
    ys, xs = np.mgrid[:240, :240]
    noise = np.random.default_rng(0).normal(0, 3, (240, 240, 1))
    fringe, lit = ys < 120, np.hypot(xs - 120, ys - 80) < 12
    picture = np.where(fringe[..., None], (60, 45, 35), (200, 150, 125)) + noise
    picture[lit] = (195, 150, 125)
    skin, matte = (~fringe).astype(np.float32), fringe.astype(np.float32)
    told = told_by_color(picture.clip(0, 255).astype(np.uint8), matte, skin, np.asarray(ys > 40, np.float32), 2.0)
    assert told[lit].min() > 0.9


def test_skin_enclosed_by_locks_that_the_parser_hardly_sees_is_no_hair() -> None:
    ys, xs = np.mgrid[:240, :240]
    noise = np.random.default_rng(0).normal(0, 3, (240, 240, 1))
    uneven = np.linspace(0.6, 1.1, 240)[None, :, None]  # light comes from one side
    fringe, gap = ys < 120, np.hypot((xs - 120) / 10, (ys - 80) / 24) < 1
    picture = np.where((fringe & ~gap)[..., None], (38, 28, 26), np.array((190, 140, 105)) * uneven) + noise
    skin, matte = np.where(fringe, 0.1 * gap, 1).astype(np.float32), fringe.astype(np.float32)
    told = told_by_color(picture.clip(0, 255).astype(np.uint8), matte, skin, np.asarray(ys > 40, np.float32), 2.0)
    middle = cv2.erode(gap.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert told[middle].mean() < 0.2 and told[fringe & ~gap].mean() > 0.9


def test_the_outline_of_a_bald_head_beside_thick_hair_is_no_hair() -> None:
    skin = np.zeros((300, 300), np.float32)
    cv2.circle(skin, (150, 170), 100, 1, -1)
    matte = np.zeros_like(skin)
    cv2.ellipse(matte, (150, 170), (101, 101), 0, 200, 340, 1, 1)
    matte[140:200, 30:60] = 1
    nothing, behind = np.zeros(matte.shape, np.bool_), (skin < 0.5) & (matte < 0.5)
    kept = no_outline(matte, skin, behind, nothing, 3.0)
    assert kept[66:72, 145:155].max() < 0.1 and kept[145:195, 33:58].min() > 0.9
    assert no_outline(matte, skin, behind, ~nothing, 3.0)[66:72, 145:155].min() > 0.9, "the parser is sure"


def test_hair_goes_on_at_a_nape_that_is_hardly_likely_and_not_on_skin() -> None:
    ys, xs = np.mgrid[:100, :100]
    picture = np.full((100, 100, 3), (90, 130, 70), np.float32)
    picture[:, 60:] = (200, 150, 125)
    nape = (ys >= 50) & (ys < 62) & (xs >= 20) & (xs < 50)
    picture[(ys < 50) & (xs < 50) | nape] = (20, 18, 18)
    picture += np.random.default_rng(0).normal(0, 3, picture.shape)
    matte = ((ys < 50) & (xs < 50)).astype(np.float32)
    likely = np.where(ys < 66, np.float32(0.3), np.float32(0))
    made = continued(picture.clip(0, 255).astype(np.uint8), matte, (xs >= 60).astype(np.float32), likely, 3.0)
    assert made[52:58, 24:46].mean() > 0.8 and made[:, 55:].max() < 0.05 and made[70:].max() == 0


def test_thin_ends_of_a_piece_are_kept_and_others_are_not() -> None:
    matte = np.zeros((120, 120), np.float32)
    matte[10:60, 20:100], matte[60:70, 50:54], matte[90:100, 90:94] = 1, 0.15, 0.15
    within, face = np.ones((120, 120), bool), np.zeros((120, 120), bool)
    face[58:] = True
    kept = pieces(matte, within, face, 3.0)
    assert kept[62:68, 51:53].min() > 0.8 and kept[90:100, 90:94].max() < 0.05
