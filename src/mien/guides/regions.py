"""Soft regions of a whole photo: hair to its ends, lips, irises, skin, each with a matte at the photo's own resolution.

Convention:
    Mattes are (H, W) float32 in [0, 1] in the photo's frame. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.align.crop import between_pixels, crop_face
from mien.compose.matte import matte
from mien.conditions.parser import FaceParser
from mien.conditions.regions import classes_of
from mien.errors import LayerError
from mien.guides.guide import Box
from mien.photos.color import to_srgb
from mien.pixels import to_tensor
from mien.types import Face, Float32, Float64, Photo, UInt8

JAW = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454)
"""From ear to ear along the jaw."""

LOOKS = (2.3, 1.5, 1.0)
"""Sides of the squares that the parser looks at, in sides of the crop; the later ones count more where they reach."""

SHARE = 0.1
"""Of the largest piece of a region that another piece must have to count."""

SIDE = 256
"""Pixels of a look."""


@dataclass(frozen=True)
class Region:
    """Attributes:
    classes: of the parser, by the names that masks know.
    band: units around the region's border within which the picture decides; 0 takes the parser's border.
    looks: how many of the looks count, from the closest on.
    joined: whether only large pieces count: hair on both sides of a bald head, no fog on clothes.
    beard: the parser calls beards hair: True takes what lies on the lower face, False all else, None both.
    """

    classes: str
    band: float = 1.5
    looks: int = 1
    joined: bool = False
    beard: bool | None = None


REGIONS: Mapping[str, Region] = {
    "hair": Region("hair", 3.5, 3, joined=True, beard=False),
    "beard": Region("hair", 4.0, 2, beard=True),
    "brows": Region("brows", 1.0),
    "lips": Region("lips", 0.8),
    "skin": Region("skin", 1.5),
    "neck": Region("neck", 1.5, 2),
    "hat": Region("hat", 1.5, 3, joined=True),
    "clothes": Region("clothes", 1.5, 3),
    "background": Region("background", 3.0, 3),
    "glasses": Region("glasses", 1.0),
}
"""What the parser finds by itself."""


def region_matte(photo: Photo, face: Face, name: str, parser: FaceParser) -> Float32:
    """The matte of a named region.

    Args:
        photo: any.
        face: found in it.
        name: of :data:`REGIONS` or :data:`SHAPED`.
        parser: finds the classes.

    Raises:
        LayerError: no such region, or there is none in this photo.
    """
    check_region(name)
    shaped = SHAPED.get(name)
    found = shaped(photo, face, parser) if shaped else _parsed(photo, face, REGIONS[name], parser)
    if not (found > 0.5).any():
        raise LayerError(f"There is no {name} to be seen around this face; name another region, or another face.")
    return found


def check_region(name: str) -> None:
    """Refuses what has no matte.

    Raises:
        LayerError: no such region.
    """
    if name not in REGIONS and name not in SHAPED:
        raise LayerError(
            f"'{name}' is no region with a matte; choose from {', '.join(dict.fromkeys((*REGIONS, *SHAPED)))}."
        )


def probability(photo: Photo, face: Face, classes: str, parser: FaceParser, looks: int = 3) -> tuple[Float32, Box]:
    """How likely each pixel is of some classes, from looks of several widths, and the part of the photo they cover.

    Returns:
        (h, w) of the part; beyond it nothing is known.
    """
    (found,), box = probabilities(photo, face, (classes,), parser, looks)
    return found, box


def probabilities(
    photo: Photo, face: Face, groups: Sequence[str], parser: FaceParser, looks: int = 3, largest: int | None = None
) -> tuple[list[Float32], Box]:
    """The same for several groups of classes at once, reduced to a longer side of ``largest`` pixels if need be."""
    scales = LOOKS[len(LOOKS) - looks :]
    box = _box(photo, face.quad, scales[0])
    shrink = min(1.0, (largest or np.inf) / max(box[2] - box[0], box[3] - box[1]))
    size = (round((box[2] - box[0]) * shrink), round((box[3] - box[1]) * shrink))
    totals = [np.zeros(size[::-1], np.float32) for _ in groups]
    for number, scale in enumerate(scales):
        middle = face.quad.mean(0)
        crop = crop_face(photo, middle + (face.quad - middle) * scale, SIDE)
        shares = parser.logits(to_tensor(crop.pixels)).softmax(1)[0]
        matrix = between_pixels(crop.matrix)
        matrix[:, 2] -= box[:2]
        matrix = np.diag([shrink, shrink]) @ matrix
        weight = cv2.warpAffine(_fading(number > 0), matrix, size, flags=cv2.INTER_LINEAR)
        for group, total in zip(groups, totals, strict=True):
            found = shares[sorted(label for name in group.split("+") for label in classes_of(name))].sum(0)
            part = cv2.warpAffine(
                found.float().numpy(), matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            total += weight * (part - total)
    return totals, box


def _parsed(photo: Photo, face: Face, region: Region, parser: FaceParser) -> Float32:
    likely, box = probability(photo, face, region.classes, parser, region.looks)
    if region.beard is not None:
        lower = _lower_face(face, box, likely.shape)
        likely = likely * (lower if region.beard else 1 - lower)
    if region.joined:
        likely = likely * large_pieces(likely)
    unit = float(np.linalg.norm(face.quad[3] - face.quad[0])) / 100
    return _placed(photo, box, sharpened(to_srgb(photo, box), likely, region.band * unit))


def _lower_face(face: Face, box: Box, shape: tuple[int, ...]) -> Float32:
    """(h, w) of a box: 1 where beards grow, from ear to ear below the nose and below the jaw."""
    points = face.landmarks[:, :2].astype(np.float64)
    jaw = points[list(JAW)]
    down = (points[152] - points[2]) * 0.9
    outline = np.concatenate([jaw, (jaw + down)[::-1]])
    area = np.zeros(shape[:2], np.uint8)
    for polygon in (outline, np.concatenate([jaw, points[[2]]])):
        cv2.fillPoly(area, [np.round((polygon - box[:2]) * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    unit = float(np.linalg.norm(face.quad[3] - face.quad[0])) / 100
    return np.asarray(cv2.GaussianBlur(area.astype(np.float32), (0, 0), max(1.0, 1.5 * unit)), np.float32)


def sharpened(picture: UInt8, likely: Float32, reach: float) -> Float32:
    """The matte of a picture (h, w, 3) within a band of ``reach`` pixels around the border of what is likely."""
    shrink = min(1.0, 900 / max(likely.shape))  # the band is as smooth as the probability is
    size = (max(8, round(likely.shape[1] * shrink)), max(8, round(likely.shape[0] * shrink)))
    small = cv2.resize(likely, size, interpolation=cv2.INTER_AREA)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(1, round(reach * shrink)) + 1,) * 2)
    core = cv2.erode((small > 0.8).astype(np.uint8), kernel)
    far = 1 - cv2.dilate((small > 0.15).astype(np.uint8), kernel)
    known = cv2.GaussianBlur((core | far).astype(np.float32), (0, 0), max(0.6, 0.25 * reach * shrink))
    want = np.where(core > 0, np.float32(1), np.where(far > 0, np.float32(0), small))
    whole = (likely.shape[1], likely.shape[0])
    want, known = (cv2.resize(one, whole, interpolation=cv2.INTER_LINEAR) for one in (want, known))
    return matte(picture, want, known)


def _irises(photo: Photo, face: Face, parser: FaceParser) -> Float32:
    """The coloured rings: between pupil and rim, inside the lids, without the highlights."""
    points = face.landmarks[:, :2].astype(np.float64)
    total = np.zeros((photo.height, photo.width), np.float32)
    for ring, contour in ((mesh.LEFT_IRIS, mesh.LEFT_EYE_CONTOUR), (mesh.RIGHT_IRIS, mesh.RIGHT_EYE_CONTOUR)):
        middle = points[ring[0]]
        radius = float(np.linalg.norm(points[list(ring[1:])] - middle, axis=1).mean())
        x0, y0 = np.maximum(np.floor(middle - 1.6 * radius), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(middle + 1.6 * radius), (photo.width, photo.height)).astype(int)
        if x1 - x0 < 3 or y1 - y0 < 3:
            continue
        ys, xs = np.mgrid[y0:y1, x0:x1] + 0.5
        away = np.hypot(xs - middle[0], ys - middle[1]) / radius
        soft = max(0.08, 0.8 / radius)
        disc = np.clip((0.94 - away) / max(0.2, soft) + 0.5, 0, 1)
        lids = np.zeros((y1 - y0, x1 - x0), np.uint8)
        corners = np.round((points[list(contour)] - (x0, y0)) * 16).astype(np.int32)
        cv2.fillPoly(lids, [corners], 255, cv2.LINE_AA, 4)
        light = to_srgb(photo, (x0, y0, x1, y1)).astype(np.float32).max(2)
        inside = (disc > 0.5) & (lids > 127)
        if not inside.any():
            continue
        typical = float(np.median(light[inside]))
        glint = np.clip((light - (typical + 70)) / 40, 0, 1)
        pupil = np.clip((0.36 - away) / 0.25 + 0.5, 0, 1)
        total[y0:y1, x0:x1] = np.maximum(total[y0:y1, x0:x1], disc * (lids / 255.0) * (1 - glint) * (1 - pupil))
    return total


def _lips(photo: Photo, face: Face, parser: FaceParser) -> Float32:
    """The red of the lips: the landmarks' outline, corrected by the parser and by the picture."""
    likely, box = probability(photo, face, "lips", parser, 1)
    points = face.landmarks[:, :2].astype(np.float64)
    outline = np.zeros(likely.shape, np.uint8)
    for contour, value in ((mesh.OUTER_LIPS, 255), (mesh.INNER_LIPS_CONTOUR, 0)):
        corners = np.round((points[list(contour)] - box[:2]) * 16).astype(np.int32)
        cv2.fillPoly(outline, [corners], value, cv2.LINE_AA, 4)
    unit = float(np.linalg.norm(face.quad[3] - face.quad[0])) / 100
    drawn = cv2.GaussianBlur(outline.astype(np.float32) / np.float32(255), (0, 0), 0.5 * unit)
    return _placed(photo, box, sharpened(to_srgb(photo, box), 0.4 * drawn + 0.6 * likely, REGIONS["lips"].band * unit))


SHAPED: Mapping[str, Callable[[Photo, Face, FaceParser], Float32]] = {"irises": _irises, "lips": _lips}
"""What the landmarks help to find."""


def _box(photo: Photo, quad: Float64, scale: float) -> Box:
    middle = quad.mean(0)
    corners = middle + (quad - middle) * scale
    (x0, y0), (x1, y1) = np.floor(corners.min(0)).astype(int), np.ceil(corners.max(0)).astype(int)
    return max(0, int(x0)), max(0, int(y0)), min(photo.width, int(x1)), min(photo.height, int(y1))


def _fading(fades: bool) -> Float32:
    """(SIDE, SIDE) weight of a look: 1, and less towards its border where a wider one lies below."""
    if not fades:
        return np.ones((SIDE, SIDE), np.float32)
    margin = SIDE // 12
    inner = np.zeros((SIDE, SIDE), np.float32)
    inner[margin:-margin, margin:-margin] = 1
    return np.asarray(cv2.blur(inner, (2 * margin + 1, 2 * margin + 1)), np.float32)


def large_pieces(likely: Float32) -> Float32:
    """1 around connected pieces of at least a tenth of the largest one, 0 elsewhere."""
    shrink = min(1.0, 500 / max(likely.shape))
    size = (max(8, round(likely.shape[1] * shrink)), max(8, round(likely.shape[0] * shrink)))
    small = (cv2.resize(likely, size, interpolation=cv2.INTER_AREA) > 0.3).astype(np.uint8)
    count, index, stats, _ = cv2.connectedComponentsWithStats(small)
    if count < 2:
        return np.zeros_like(likely)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    large = np.isin(index, np.flatnonzero(areas >= SHARE * areas.max())).astype(np.uint8)
    around = cv2.dilate(large, np.ones((9, 9), np.uint8)).astype(np.float32)
    return np.asarray(cv2.resize(around, likely.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _placed(photo: Photo, box: Box, part: Any) -> Float32:
    whole = np.zeros((photo.height, photo.width), np.float32)
    whole[box[1] : box[3], box[0] : box[2]] = part
    return whole
