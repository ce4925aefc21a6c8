"""The same thing, said in every form and frame, comes out the same."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image

from mien.align.crop import crop_face
from mien.align.finder import FaceFinder
from mien.conditions.labels import INDEX, PALETTE, UNKNOWN
from mien.conditions.modalities import maps
from mien.conditions.parser import FaceParser
from mien.conditions.resample import labels_at
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.crop_frame import CropFrame
from mien.editing.layers import (
    conditions_of,
    mask_in_crop,
    mask_of,
    read_face,
    read_map,
)
from mien.editing.request import Request
from mien.errors import PhotoError
from mien.types import AlignedFace, Bool, Face, Photo, UInt8

SIDE = 128
SKETCH, SEMANTIC, COLOR = (maps()[name] for name in ("sketch", "semantic", "color"))


@pytest.fixture(scope="module")
def aligned(portrait: Photo, face: Face) -> AlignedFace:
    return crop_face(portrait, face.quad, SIDE, face)


@pytest.fixture(scope="module")
def frame(aligned: AlignedFace) -> CropFrame:
    return CropFrame.of(aligned, "auto", "face 0")


@pytest.fixture(scope="module")
def context(portrait: Photo, face: Face) -> EditContext:
    return EditContext(SimpleNamespace(finder=FaceFinder.bundled(), parser=FaceParser.bundled())).of(
        portrait, face.quad
    )


def over_photo(frame: CropFrame, shape: Bool) -> Bool:
    """(S, S) of the crop, as seen by the photo."""
    matrix = frame.matrix.copy()
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    return cv2.warpAffine(shape.astype(np.uint8), matrix, frame.photo_size) > 0


def agreement(one: Bool, other: Bool, slack: int = 1) -> float:
    """The smaller of the fractions of each that lie within ``slack`` pixels of the other."""
    kernel = np.ones((2 * slack + 1, 2 * slack + 1), np.uint8)
    near = [cv2.dilate(a.astype(np.uint8), kernel) > 0 for a in (one, other)]
    return float(min(near[1][one].mean(), near[0][other].mean()))


def ring() -> UInt8:
    """Black ink on white paper."""
    paper = np.full((3 * SIDE, 3 * SIDE), 255, np.uint8)
    cv2.ellipse(paper, (192, 200), (90, 130), 20, 0, 360, 0, 3)
    return paper


def test_a_drawing_says_the_same_in_every_form(frame: CropFrame, tmp_path: Path) -> None:
    paper = ring()
    expected = read_map(SKETCH, paper, frame)
    Image.fromarray(paper).save(tmp_path / "s.png")
    Image.fromarray(255 - paper).save(tmp_path / "inverse.png")
    ink = np.zeros((*paper.shape, 4), np.uint8)
    ink[..., 3] = 255 - paper
    forms = [paper < 128, tmp_path / "s.png", str(tmp_path / "s.png"), Image.fromarray(ink), tmp_path / "inverse.png"]
    for form in forms:
        assert agreement(read_map(SKETCH, form, frame), expected) == 1
    big = cv2.warpAffine(paper, frame.matrix_at(3 * SIDE), frame.photo_size, borderValue=255)
    assert agreement(read_map(SKETCH, big, frame), expected) > 0.95


def test_svg_over_the_crop_and_over_the_photo(frame: CropFrame, tmp_path: Path) -> None:
    corners = np.array([(20, 30), (100, 40), (70, 110)], float)
    width, height = frame.photo_size
    in_photo = corners @ frame.matrix[:, :2].T + frame.matrix[:, 2]
    for name, box, points in (("crop", (SIDE, SIDE), corners), ("photo", (width, height), in_photo)):
        text = " ".join(f"{x:.3f},{y:.3f}" for x, y in points)
        (tmp_path / f"{name}.svg").write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {box[0]} {box[1]}"><polygon points="{text}"/></svg>'
        )
    lines = [read_map(SKETCH, tmp_path / f"{name}.svg", frame) for name in ("crop", "photo")]
    assert agreement(*lines, slack=0) > 0.9 and lines[0][30, 20]


def test_labels_as_indices_colors_files_and_over_the_photo(frame: CropFrame, tmp_path: Path) -> None:
    labels = np.full((SIDE, SIDE), INDEX["skin"], np.uint8)
    labels[:40] = INDEX["hair"]
    labels[100:] = UNKNOWN
    table = np.zeros((256, 4), np.uint8)
    table[:19] = [(*PALETTE[name], 255) for name in INDEX]
    colored = table[labels]
    Image.fromarray(colored).save(tmp_path / "m.png")
    Image.fromarray(labels).save(tmp_path / "indices.png")
    for form in (labels, colored, tmp_path / "m.png", tmp_path / "indices.png", colored.repeat(3, 0).repeat(3, 1)):
        np.testing.assert_array_equal(read_map(SEMANTIC, form, frame), labels)
    big = cv2.warpAffine(colored, frame.matrix, frame.photo_size, flags=cv2.INTER_NEAREST)
    assert (read_map(SEMANTIC, big, frame) == labels).mean() > 0.97
    for name in ("hair", "skin"):
        (tmp_path / "classes").mkdir(exist_ok=True)
        Image.fromarray(np.where(labels == INDEX[name], 255, 0).astype(np.uint8)).save(tmp_path / f"classes/{name}.png")
    np.testing.assert_array_equal(read_map(SEMANTIC, tmp_path / "classes", frame), labels)


def test_colors_in_both_frames(frame: CropFrame) -> None:
    painted = np.zeros((SIDE, SIDE, 4), np.uint8)
    painted[30:60, 40:100] = (20, 90, 220, 255)
    np.testing.assert_array_equal(read_map(COLOR, painted, frame), painted)
    big = cv2.warpAffine(painted, frame.matrix, frame.photo_size, flags=cv2.INTER_NEAREST)
    assert (read_map(COLOR, big, frame) == painted).all(2).mean() > 0.98
    assert read_map(COLOR, painted[..., :3], frame)[..., 3].all()


def test_exemplars(portrait: Photo, aligned: AlignedFace, tmp_path: Path) -> None:
    context = EditContext(SimpleNamespace(finder=FaceFinder.bundled()))
    Image.fromarray(portrait.pixels).save(tmp_path / "e.png")
    for source in (portrait, portrait.pixels, tmp_path / "e.png", Image.fromarray(portrait.pixels)):
        np.testing.assert_array_equal(read_face(source, aligned, context), aligned.pixels)
    assert read_face("self", aligned, context) is aligned.pixels
    large = AlignedFace(aligned.pixels.repeat(2, 0).repeat(2, 1), aligned.matrix, aligned.photo_size)
    np.testing.assert_array_equal(read_face(large, aligned, context), aligned.pixels)


def test_what_the_photo_shows_itself(
    frame: CropFrame, aligned: AlignedFace, context: EditContext, tmp_path: Path
) -> None:
    own = conditions_of(Request(sketch="self", semantic="self", color="self"), aligned, frame, context)
    assert own.sketch is not None and own.semantic is not None and own.color is not None
    blurred = cv2.GaussianBlur(aligned.pixels, (0, 0), 2).astype(np.float32)
    slope = np.abs(np.gradient(blurred.mean(2))).sum(0)
    assert slope[own.sketch].mean() > 2 * slope[~own.sketch].mean()
    np.testing.assert_array_equal(own.semantic, labels_at(context.parsed().labels, SIDE))
    hair = own.semantic == INDEX["hair"]
    assert np.abs(own.color[hair, :3].mean(0) - aligned.pixels[hair].mean(0)).max() < 3
    (tmp_path / "self").write_bytes(b"no picture")
    with pytest.raises(PhotoError, match="self"):
        conditions_of(Request(sketch=tmp_path / "self"), aligned, frame, context)


def test_a_mask_in_every_form(frame: CropFrame, context: EditContext, tmp_path: Path) -> None:
    shape = np.zeros((SIDE, SIDE), np.bool_)
    shape[30:90, 40:110] = True
    over = over_photo(frame, shape)
    Image.fromarray(over).save(tmp_path / "bits.png")
    Image.fromarray(np.where(over, 255, 0).astype(np.uint8)).save(tmp_path / "m.png")
    forms = [over, over.astype(float), over.astype(np.uint8), over * np.uint8(255), tmp_path / "m.png"]
    for form in [*forms, str(tmp_path / "m.png"), tmp_path / "bits.png", Image.open(tmp_path / "m.png")]:
        mask, outside = mask_of(Request(mask=form), frame, context)
        assert mask.dtype == np.bool_ and outside < 0.01
        np.testing.assert_array_equal(mask, over)
    mask, _ = mask_of(Request(mask=shape), frame, context)
    assert (mask != over).sum() / over.sum() < 0.05
    seen = mask_in_crop(mask, frame)
    assert agreement(seen > 0, shape) == 1 and seen[60, 70] == 1


def test_the_crop_sees_every_pixel_of_the_mask(frame: CropFrame, context: EditContext) -> None:
    rng = np.random.default_rng(0)
    width, height = frame.photo_size
    points = rng.uniform(4, SIDE - 4, (40, 2)) @ frame.matrix[:, :2].T + frame.matrix[:, 2]
    mask = np.zeros((height, width), np.bool_)
    mask[points[:, 1].astype(int), points[:, 0].astype(int)] = True
    seen = over_photo(frame, mask_in_crop(mask_of(Request(mask=mask), frame, context)[0], frame) > 0)
    near = cv2.dilate(seen.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert near[mask].all()


def test_soft_masks_stay_soft(frame: CropFrame, context: EditContext) -> None:
    soft = np.tile(np.linspace(0, 1, SIDE, dtype=np.float32), (SIDE, 1))
    mask, _ = mask_of(Request(mask=soft), frame, context)
    assert mask.dtype == np.float32
    np.testing.assert_allclose(mask_in_crop(mask, frame)[60, 20:110], soft[60, 20:110], atol=0.03)


def test_regions_cover_what_they_name_and_spare_what_they_take_away(frame: CropFrame, context: EditContext) -> None:
    small = labels_at(context.parsed().labels, SIDE)

    def seen(expression: str, protect: str = "") -> Bool:
        return mask_in_crop(mask_of(Request(mask=expression, protect=protect), frame, context)[0], frame) > 0.5

    hair = seen("hair")
    assert hair[small == INDEX["hair"]].mean() > 0.99 and hair[small == INDEX["skin"]].mean() < 0.2
    eyes = np.isin(small, [INDEX["left_eye"], INDEX["right_eye"]])
    assert seen("face")[eyes].mean() == 1
    assert seen("face-eyes")[eyes].mean() < 0.15
    assert seen("face", "eyes")[eyes].mean() < 0.1 and seen("face", "eyes").sum() > 0.8 * seen("face").sum()


def test_said_words_replace_those_of_the_layers(aligned: AlignedFace, frame: CropFrame, context: EditContext) -> None:
    given = Conditions(
        mask=np.ones((64, 64), np.float32),
        sketch=np.eye(64, dtype=np.bool_),
        exemplar=aligned.pixels,
        attributes={"age": 1.0, "smile": 2.0},
    )
    painted = np.full((SIDE, SIDE, 3), 200, np.uint8)
    request = Request(color=painted, attributes={"smile": -1.0}, layers=given)
    conditions = conditions_of(request, aligned, frame, context)
    assert conditions.given == ("sketch", "color", "exemplar", "attributes")
    assert conditions.attributes == {"age": 1.0, "smile": -1.0}
    mask, outside = mask_of(request, frame, context)
    assert mask_in_crop(mask, frame).mean() > 0.98 and outside == 0
