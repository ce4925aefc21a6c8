from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.eyes.red_eyes import without_red_eyes
from mien.guides.glasses.find import without_glasses
from mien.guides.healing import heal as healing
from mien.guides.healing.heal import heal
from mien.types import Face, Photo


@pytest.fixture
def spotted(portrait: Photo, face: Face) -> tuple[Photo, np.ndarray]:
    mask = np.zeros(portrait.pixels.shape[:2], np.uint8)
    for point in (50, 280, 151):
        x, y = face.landmarks[point, :2].astype(int)
        cv2.circle(mask, (int(x), int(y)), 4, 1, -1)
    pixels = portrait.pixels.copy()
    pixels[mask > 0] = (70, 30, 30)
    return Photo(pixels), mask > 0


def test_spots_vanish_and_nothing_else_changes(portrait: Photo, spotted: tuple[Photo, np.ndarray]) -> None:
    photo, mask = spotted
    healed, area = heal(photo, mask).over(photo)
    assert (healed.pixels[~mask] == photo.pixels[~mask]).all() and not area[~mask].any()
    before, after = (np.abs(p.pixels.astype(np.float32) - portrait.pixels)[mask].mean() for p in (photo, healed))
    assert after < 0.15 * before


def test_half_the_strength_goes_half_the_way(spotted: tuple[Photo, np.ndarray]) -> None:
    photo, mask = spotted
    whole, half = (heal(photo, mask, strength=s).over(photo)[0].pixels.astype(np.float32) for s in (1.0, 0.5))
    np.testing.assert_allclose(half[mask], (whole + photo.pixels)[mask] / 2, atol=1.1)


def test_texture_is_kept() -> None:
    rng = np.random.default_rng(0)
    noise = cv2.GaussianBlur(rng.normal(128, 40, (200, 200, 3)).astype(np.float32), (0, 0), 1.0)
    photo = Photo(noise.clip(0, 255).astype(np.uint8))
    mask = np.zeros((200, 200), np.bool_)
    mask[80:120, 80:120] = True
    healed = heal(photo, mask).over(photo)[0].pixels.astype(np.float32)
    inside, outside = healed[90:110, 90:110].std(), photo.pixels[:70].astype(np.float32).std()
    assert 0.7 * outside < inside < 1.3 * outside


def test_a_line_goes_on_behind_a_scratch() -> None:
    ys, xs = np.mgrid[:80, :80]
    stripes = 128 + 60 * np.sin((xs + 0.4 * ys) / 1.2)
    truth = np.repeat(stripes[..., None], 3, 2).astype(np.uint8)
    mask = np.zeros((80, 80), np.bool_)
    mask[38:43, 5:75] = True
    broken = Photo(np.where(mask[..., None], np.uint8(0), truth))
    healed = heal(broken, mask).over(broken)[0].pixels.astype(np.float32)
    smeared = cv2.inpaint(broken.pixels, mask.astype(np.uint8), 4, cv2.INPAINT_NS).astype(np.float32)
    assert np.abs(healed - truth)[mask].mean() < 0.5 * np.abs(smeared - truth)[mask].mean()


@pytest.mark.parametrize("tint", [None, (1.0, 0.9, 0.7)], ids=["gray", "sepia"])
@pytest.mark.parametrize("bits", [8, 16])
def test_tint_depth_and_alpha_are_kept(spotted: tuple[Photo, np.ndarray], tint: tuple[float, ...], bits: int) -> None:
    photo, mask = spotted
    levels = photo.pixels.mean(2, keepdims=True) * (np.array(tint) if tint else 1)
    pixels = levels.astype(np.uint8) if bits == 8 else (levels * 257).astype(np.uint16)
    old = Photo(pixels, alpha=pixels[..., 0].copy())
    healed = heal(old, mask).over(old)[0]
    assert healed.pixels.dtype == pixels.dtype and healed.pixels.shape == pixels.shape
    assert healed.alpha is old.alpha and (healed.pixels[~mask] == pixels[~mask]).all()
    if tint:
        parts = healed.pixels[mask].astype(np.float32) / np.array(tint, np.float32)
        assert np.ptp(parts, 1).max() < 4 * 257 ** (bits == 16)


def test_photos_are_healed_as_if_there_were_no_prints(portrait: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    mask = np.zeros(portrait.pixels.shape[:2], np.bool_)
    mask[100:110, 80:140] = True
    now = heal(portrait, mask)
    monkeypatch.setattr(healing, "screens_of", lambda picture: None)
    before = heal(portrait, mask)
    assert now.box == before.box and (now.samples == before.samples).all()


def test_all_of_a_photo_still_has_a_result_and_nothing_has_none() -> None:
    photo = Photo(np.full((40, 40, 3), 100, np.uint8))
    with pytest.raises(LayerError, match="empty"):
        heal(photo, np.zeros((40, 40), np.bool_))


def test_rims_vanish_and_eyes_stay(portrait: Photo, face: Face, parser: FaceParser) -> None:
    worn, rims = with_glasses(portrait, face)
    guide = without_glasses(worn, face, parser)
    healed, area = guide.over(worn)
    assert (healed.pixels[~area] == worn.pixels[~area]).all()
    assert area[rims].mean() > 0.9 and area.sum() < 8 * rims.sum()  # no wide band around them
    for iris in (468, 473):  # one of them ends three pixels below a rim
        x, y = face.landmarks[iris, :2].astype(int)
        eye = np.s_[y - 2 : y + 3, x - 2 : x + 3]
        off = np.abs(healed.pixels[eye].astype(np.float32) - portrait.pixels[eye])
        assert area[eye].mean() < 0.5 and off.mean() < 4
    away = [np.abs(p.pixels.astype(np.float32) - portrait.pixels)[rims].mean() for p in (healed, worn)]
    assert away[0] < 0.35 * away[1]
    x, y = face.landmarks[6, :2].astype(int)  # the bridge of the nose: skin in the color of skin
    bridge = np.s_[y - 12 : y + 12, x - 12 : x + 12]
    sums = [p.pixels[bridge][rims[bridge]].astype(np.float32).sum(0) for p in (healed, portrait)]
    np.testing.assert_allclose(sums[0] / sums[0].sum(), sums[1] / sums[1].sum(), atol=0.03)


def test_dark_lenses_are_refused(portrait: Photo, face: Face, parser: FaceParser) -> None:
    worn, rims = with_glasses(portrait, face)
    outlines, _ = cv2.findContours(rims.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    dark = np.ascontiguousarray(worn.pixels)
    cv2.drawContours(dark, outlines, -1, (22, 20, 20), cv2.FILLED)
    with pytest.raises(LayerError, match="dark"):
        without_glasses(Photo(dark), face, parser)


def test_a_face_without_glasses_says_so(portrait: Photo, face: Face, parser: FaceParser) -> None:
    with pytest.raises(LayerError, match="No glasses"):
        without_glasses(portrait, face, parser)


def test_red_pupils_turn_dark_and_highlights_stay(portrait: Photo, face: Face) -> None:
    pixels = portrait.pixels.copy()
    for iris in (468, 473):
        x, y = np.round(face.landmarks[iris, :2]).astype(int)
        cv2.circle(pixels, (int(x), int(y)), 2, (190, 40, 40), -1)
        pixels[y - 1, x - 1] = 250
    red = Photo(pixels)
    calm, area = without_red_eyes(red, face).over(red)
    x, y = np.round(face.landmarks[468, :2]).astype(int)
    assert np.ptp(calm.pixels[y, x].astype(int)) < 40 and calm.pixels[y, x].max() < 100
    assert (calm.pixels[y - 1, x - 1] >= 230).all() and (calm.pixels[~area] == pixels[~area]).all()
    with pytest.raises(LayerError, match="red"):
        without_red_eyes(portrait, face)


def with_glasses(portrait: Photo, face: Face) -> tuple[Photo, np.ndarray]:
    """Round black rims, a bridge and temples drawn on a face, and where they are."""
    points = face.landmarks[:, :2]
    drawn = np.zeros(portrait.pixels.shape[:2], np.uint8)
    span = float(np.linalg.norm(points[263] - points[33]))
    middles = [points[[33, 133]].mean(0), points[[362, 263]].mean(0)]
    for middle, temple, side in zip(middles, points[[127, 356]], (-1, 1), strict=True):
        at = tuple(np.round(middle + (0, 0.06 * span)).astype(int).tolist())
        cv2.ellipse(drawn, at, (round(0.27 * span), round(0.2 * span)), 0, 0, 360, 1, 2)
        edge = np.array(at) + (side * 0.27 * span, -0.03 * span)
        cv2.line(drawn, tuple(edge.astype(int).tolist()), tuple(temple.astype(int).tolist()), 1, 2)
    inner = [middle + (side * 0.24 * span, 0) for middle, side in zip(middles, (1, -1), strict=True)]
    cv2.line(drawn, *(tuple(p.astype(int).tolist()) for p in inner), 1, 2)
    pixels = portrait.pixels.copy()
    pixels[drawn > 0] = (25, 22, 20)
    return Photo(pixels), drawn > 0
