"""The border of dyed hair, corrected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from mien.compose.morphology import disc
from mien.conditions.hair_border import border_network
from mien.guides.dyes.border import OUTSIDE, PLANES, Border
from mien.guides.dyes.bordered import CORE, DOUBTFUL, MARGIN, bordered, covering, looked_at
from mien.guides.dyes.coloring import SETTINGS
from mien.guides.dyes.dark_roots import dark_roots
from mien.guides.dyes.dye import dye
from mien.guides.guide import Guide
from mien.types import Face, Float32, Photo
from tests.guides.heads import COLORS, ColorParser, head


def answers(value: float) -> Any:
    """A network that lacks the same of everything."""
    return lambda planes: (np.full((len(planes), 4, *planes.shape[2:]), value, np.float32),)


@pytest.fixture(scope="module")
def known(face: Face) -> tuple[Photo, Float32, Guide]:
    """A head before a plain backdrop, its matte, and a rough dye."""
    photo = head(face, COLORS, down=0.4)
    x, y = face.landmarks[10, :2].astype(int)
    cv2.rectangle(photo.pixels, (x - 60, max(0, y - 90)), (x + 60, y), COLORS["hair"], -1)
    hair = (np.abs(photo.pixels.astype(int) - COLORS["hair"]).max(2) == 0).astype(np.float32)
    matte = cv2.GaussianBlur(hair, (0, 0), 0.8)
    photo = Photo(cv2.GaussianBlur(photo.pixels, (0, 0), 0.8))  # mixed as the matte says: no hue is to be held
    return photo, matte, dye(photo, matte, (210, 180, 130), SETTINGS["hair"], dark_roots(matte, face))


def unit(face: Face) -> float:
    return 0.01 * float(np.linalg.norm(face.quad[3] - face.quad[0]))


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_outside_of_the_band_and_within_solid_hair_nothing_changes(
    known: tuple[Photo, Float32, Guide], face: Face, scale: float
) -> None:
    photo, matte, rough = known
    there = replace(face, landmarks=face.landmarks * np.float32(scale), quad=face.quad * scale)
    if scale > 1:
        size = (round(512 * scale),) * 2
        photo = Photo(cv2.resize(photo.pixels, size, interpolation=cv2.INTER_NEAREST))
        matte = cv2.resize(matte, size, interpolation=cv2.INTER_LINEAR)
        rough = dye(photo, matte, (210, 180, 130), SETTINGS["hair"])
    result, area = bordered(photo, there, matte, rough, ColorParser(), answers(0.4)).over(photo)  # type: ignore[arg-type]
    near = cv2.dilate((matte > 0.02).astype(np.uint8), disc((OUTSIDE + 2) * unit(there))) > 0
    assert (result.pixels[~near] == photo.pixels[~near]).all() and not area[~near].any()
    deep = cv2.erode((matte > 0.95).astype(np.uint8), disc(4.5 * unit(there))) > 0
    assert deep.any() and (result.pixels[deep] == rough.over(photo)[0].pixels[deep]).all()
    assert (result.pixels != rough.over(photo)[0].pixels).any()


def test_a_network_without_an_answer_leaves_the_rough_dye_away_from_skin(
    known: tuple[Photo, Float32, Guide], face: Face
) -> None:
    photo, matte, rough = known
    result, _ = bordered(photo, face, matte, rough, ColorParser(), answers(0.0)).over(photo)  # type: ignore[arg-type]
    skin = (np.abs(photo.pixels.astype(int) - COLORS["skin"]).max(2) == 0).astype(np.uint8)
    away = cv2.dilate(skin, disc(10 * unit(face))) == 0
    assert away.any() and (result.pixels == rough.over(photo)[0].pixels)[away].all()


def test_hair_that_becomes_no_lighter_keeps_the_rough_dye(known: tuple[Photo, Float32, Guide], face: Face) -> None:
    photo, matte, _ = known
    rough = dye(photo, matte, (40, 30, 25), SETTINGS["hair"])
    result, _ = bordered(photo, face, matte, rough, ColorParser(), answers(0.4)).over(photo)  # type: ignore[arg-type]
    apart = np.abs(result.pixels.astype(int) - rough.over(photo)[0].pixels).max(2)
    assert apart.max() < 9 and (apart > 0).sum() < 300  # hues that are held at the border, and no answer of a network


def test_parts_are_put_together_without_seams_and_only_where_something_is_to_be_corrected() -> None:
    rng, seen = np.random.default_rng(0), []
    planes = rng.uniform(-1, 1, (PLANES, 300, 500)).astype(np.float32)
    where = np.zeros((300, 500), np.bool_)
    where[100:200, 50:450] = True

    def network(parts: Float32) -> tuple[Float32, ...]:
        assert parts.shape[1:] == (PLANES, CORE + 2 * MARGIN, CORE + 2 * MARGIN)
        seen.append(len(parts))
        return (parts[:, :4],)

    told = looked_at(planes, where, network)
    assert told.shape == (4, 300, 500) and np.abs(told - planes[:4])[:, where].max() < 1e-5
    assert sum(seen) == len(covering(where)) == 3
    where[:] = False
    assert not looked_at(planes, where, network).any() and sum(seen) == 3


def test_the_matte_cannot_leave_its_range(known: tuple[Photo, Float32, Guide], face: Face) -> None:
    photo, matte, rough = known
    pictures = (photo.pixels.astype(np.float32), rough.over(photo)[0].pixels.astype(np.float32))
    border = Border.of(*pictures, matte, matte, 1 - matte, unit(face))
    planes = border.planes()
    assert planes.shape == (PLANES, 512, 512) and np.abs(planes).max() <= 2
    much = np.zeros((4, 512, 512), np.float32)
    much[0] = 5
    once = border.corrected(much)
    much[0] = 1
    assert np.array_equal(once, border.corrected(much))


def test_hair_through_which_skin_is_seen_is_told(known: tuple[Photo, Float32, Guide], face: Face) -> None:
    photo, matte, _ = known
    picture = photo.pixels.astype(np.float32)
    whole, shaven = (Border.of(picture, picture, one, matte, 1 - matte, unit(face)) for one in (matte, 0.7 * matte))
    assert shaven.sparse(unit(face)) and not whole.sparse(unit(face))
    unsure = Border.of(picture, picture, matte, 0.8 * matte, 1 - matte, 3 * unit(face))
    assert unsure.sparse(3 * unit(face)) and not unsure.sparse(unit(face))


@pytest.mark.parametrize(("apart", "told"), [(30, True), (5, False)])
def test_dark_hair_that_becomes_lighter_in_patches_is_told(
    known: tuple[Photo, Float32, Guide], face: Face, apart: int, told: bool
) -> None:
    _, matte, _ = known
    ys, xs = np.mgrid[:512, :512] / (8 * unit(face))
    rough = np.repeat(130 + apart * np.sign(np.sin(3 * xs) * np.sin(3 * ys))[..., None], 3, 2).astype(np.float32)
    border = Border.of(0.2 * rough, rough, matte, matte, 1 - matte, unit(face))
    assert border.blotched(unit(face)) == told
    assert not Border.of(rough, rough, matte, matte, 1 - matte, unit(face)).blotched(unit(face))


def test_a_plain_backdrop_stays_as_it_was(known: tuple[Photo, Float32, Guide], face: Face) -> None:
    photo, matte, rough = known
    result, _ = bordered(photo, face, matte, rough, ColorParser(), border_network()).over(photo)  # type: ignore[arg-type]
    backdrop = (photo.pixels == COLORS["background"]).all(2) & (cv2.dilate(matte, disc(2 * unit(face))) < 0.02)
    change = np.abs(result.pixels.astype(int) - photo.pixels)[backdrop]
    assert change.mean() < 0.5 and np.quantile(change, 0.999) <= 8


@pytest.mark.parametrize(("behind", "doubtful"), [("background", False), ("hair", True)])
def test_hair_before_a_wall_of_its_color_is_told(face: Face, behind: str, doubtful: bool) -> None:
    photo = head(face, {**COLORS, "background": COLORS[behind]}, down=0.4)
    apart = head(face, COLORS, down=0.4)
    matte = (np.abs(apart.pixels.astype(int) - COLORS["hair"]).max(2) == 0).astype(np.float32)
    rough = dye(photo, matte, (210, 180, 130), SETTINGS["hair"])
    notes = bordered(photo, face, matte, rough, ColorParser(), answers(0.0)).notes  # type: ignore[arg-type]
    assert (DOUBTFUL in notes) == doubtful


def test_the_hairs_mean_stays_that_of_the_rough_dye(known: tuple[Photo, Float32, Guide], face: Face) -> None:
    photo, matte, rough = known
    result, _ = bordered(photo, face, matte, rough, ColorParser(), answers(-0.03)).over(photo)  # type: ignore[arg-type]
    before, after = (one.pixels[matte > 0.5].astype(np.float64).mean(0) for one in (rough.over(photo)[0], result))
    assert np.abs(after - before).max() < 0.4


def test_thin_hair_before_skin_has_no_other_hue_than_both() -> None:
    """Bluish light between black hair and skin is no mauve seam beside fair hair."""
    xs = np.mgrid[:200, :200][1]
    matte = np.clip((100 - xs) / 8, 0, 1).astype(np.float32)
    skin = np.float32(xs > 96)
    photo = (matte[..., None] * (30, 24, 28) + (1 - matte[..., None]) * (215, 165, 145)).astype(np.float32)
    rim = (xs > 97) & (xs < 104)
    photo[rim] = (140, 105, 130)
    rough = photo + matte[..., None] * (np.float32((190, 150, 100)) - photo)
    border = Border.of(photo, rough.astype(np.float32), matte, matte, skin, 5.0)
    made = border.warmed(border.rough, 5.0)
    before, after = (cv2.cvtColor(one / np.float32(255), cv2.COLOR_RGB2LAB)[rim].mean(0) for one in (rough, made))
    assert after[2] > before[2] + 8 and abs(after[0] - before[0]) < 2
    away = (xs < 60) | (xs > 130)
    assert (made == border.rough)[away].all()


@pytest.mark.parametrize("seed", range(4))
def test_squares_cover_all_of_an_area_and_none_is_empty(seed: int) -> None:
    rng = np.random.default_rng(seed)
    where = cv2.resize(rng.random((9, 7)), (700, 900), interpolation=cv2.INTER_NEAREST) > 0.8
    covered = np.zeros_like(where)
    for y, x in covering(where):
        assert where[y : y + CORE, x : x + CORE].any()
        covered[y : y + CORE, x : x + CORE] = True
    assert not (where & ~covered).any() and covering(np.zeros((5, 5), np.bool_)) == []
