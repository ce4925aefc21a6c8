"""Soft regions of a whole photo: hair to its ends, lips, irises, skin, each with a matte at the photo's own resolution.

Convention:
    Mattes are (H, W) float32 in [0, 1] in the photo's frame. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.align.crop import between_pixels, crop_face
from mien.compose.matte import sharpened
from mien.compose.morphology import disc
from mien.conditions.areas import Seen
from mien.conditions.parser import FaceParser
from mien.conditions.regions import area_of, terms
from mien.errors import LayerError
from mien.guides.cheeks import cheeks
from mien.guides.dyes.bare_chest import without_bare_skin
from mien.guides.dyes.iris_dye import irises_of
from mien.guides.dyes.unlike_skin import unlike_skin
from mien.guides.dyes.whole_cloth import whole_cloth
from mien.guides.guide import Box
from mien.guides.hair.matte import LARGEST, grown_beard, hair_matte
from mien.guides.light import BARE
from mien.guides.looks import close_to, large_pieces, probability, reaching
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo, UInt8


@dataclass(frozen=True)
class Region:
    """Attributes:
    classes: of the parser, by the names that masks know.
    band: units around the region's border within which the picture decides; 0 takes the parser's border.
    looks: how many of the looks count, from the closest on.
    joined: whether only large pieces count.
    depth: how wide the band is inwards, as a share.
    beard: whether only what lies on the lower face counts: the parser calls beards hair.
    """

    classes: str
    band: float = 1.5
    looks: int = 1
    joined: bool = False
    depth: float = 1
    beard: bool = False


ROOM = 4.0
"""Bands around what is likely within which its border is looked for."""

SEEN = 0.3
"""Probability that some of a region must have: else nothing is looked for at its border."""

REGIONS: Mapping[str, Region] = {
    "beard": Region("hair", 4.0, 2, beard=True),
    "brows": Region("brows", 1.0),
    "lips": Region("lips", 0.7, depth=0.4),
    "skin": Region("skin", 1.5),
    "neck": Region("neck", 1.5, 3, joined=True),
    "hat": Region("hat", 1.5, 3, joined=True),
    "cloth": Region("clothes", 1.5, 3),
    "clothes": Region("clothes", 1.5, 3),
    "background": Region("background", 3.0, 3),
    "person": Region("person", 3.0, 3),
    "foreground": Region("foreground", 3.0, 3),
    "glasses": Region("glasses", 1.0),
}
"""What the parser finds, as mattes over all of the photo; every other region is drawn from labels and landmarks."""


BODY = "skin+neck+ears"
"""Skin that has one color: found as one, since its parts would have a soft border each where they meet."""


def region_of(expression: str) -> Region | None:
    """How the parser finds a region; None where it does not alone.

    Raises:
        LayerError: not an expression, or an unknown name.
    """
    named = terms(expression)
    if len(named) > 1 and all(sign in ("", "+") and name in BODY.split("+") for sign, name in named):
        return Region("+".join(name for _, name in named), 1.5, 3, joined=True)
    return REGIONS.get(named[0][1]) if len(named) == 1 else None


def region_matte(photo: Photo, face: Face, expression: str, parser: FaceParser) -> Float32:
    """The matte of a region.

    Args:
        photo: any.
        face: found in it.
        expression: names joined by +, - and &; see :mod:`mien.conditions.regions`.
        parser: finds the classes.

    Raises:
        LayerError: no such region, or there is none in this photo.
    """
    joined = region_of(expression) if len(terms(expression)) > 1 else None
    total: Float32 | None = None if joined is None else _parsed(photo, face, joined, parser)
    for sign, name in () if joined else terms(expression):
        one = _matte(photo, face, name, parser)
        if total is None:
            total = one
        else:
            total = (
                total * (1 - one) if sign == "-" else np.minimum(total, one) if sign == "&" else np.maximum(total, one)
            )
    if total is None or not (total > 0.5).any():
        raise LayerError(f"There is no {expression} to be seen around this face; name another region, or another face.")
    return total


def _matte(photo: Photo, face: Face, name: str, parser: FaceParser) -> Float32:
    shaped = SHAPED.get(name)
    if shaped is not None:
        return shaped(photo, face, parser)
    if name in REGIONS:
        return _parsed(photo, face, REGIONS[name], parser)
    return _drawn(photo, face, name, parser)


def _parsed(photo: Photo, face: Face, region: Region, parser: FaceParser) -> Float32:
    groups = (region.classes, BODY, "background", "hair") if region.classes == "clothes" else (region.classes,)
    found, box = reaching(photo, face, groups, parser, region.looks, LARGEST)
    scale = found[0].shape[1] / (box[2] - box[0])
    unit = float(np.linalg.norm(face.quad[3] - face.quad[0])) / 100
    if len(groups) > 1:
        chin = float(face.landmarks[152, 1] - box[1]) * scale
        picture = to_srgb(photo, box)
        found = unlike_skin(picture, found, chin, unit * scale)
        found = [whole_cloth(picture, found, chin, unit * scale), found[1]]
    if region.beard:
        points = (face.landmarks.astype(np.float64) - (*box[:2], 0)) * scale
        found = [found[0] * grown_beard(found[0], points, unit * scale)]
    (likely, *skin), box = close_to(found, box, ROOM * region.band * unit)
    points = (face.landmarks.astype(np.float64) - (*box[:2], 0)) * scale
    picture = to_srgb(photo, box)
    if region.joined:
        inside = np.zeros(likely.shape, np.uint8)
        corners = (face.quad - box[:2]) * scale
        cv2.fillConvexPoly(inside, np.round(corners).astype(np.int32), 1)
        likely = likely * large_pieces(likely, inside.astype(np.float32))
    if not (likely > SEEN).any():
        return np.zeros((photo.height, photo.width), np.float32)
    part = sharpened(picture, likely, region.band * unit, region.depth)
    if skin:
        part = without_bare_skin(picture, part, likely, skin[0], unit)
    if region.beard or region.classes == "brows":
        part *= _hairs(picture, part, points / scale)
    return _placed(photo, part, box)


def _hairs(picture: UInt8, part: Float32, points: Float64) -> Float32:
    """(h, w): how much of each pixel of a dark beard or brow is hair, and not skin between hairs."""
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)[..., 0].astype(np.float32)
    skin = [
        light[y, x] for x, y in points[list(BARE), :2].astype(int) if 0 <= y < len(light) and 0 <= x < light.shape[1]
    ]
    inside = light[part > 0.5]
    if not skin or not inside.size:
        return np.ones_like(part)
    bright, dark = float(np.median(skin)), float(np.percentile(inside, 15))
    if bright - dark < 30:
        return np.ones_like(part)
    share = np.clip((bright - light) / (0.75 * (bright - dark)), 0, 1).astype(np.float32)
    reach = max(1, round(0.06 * float(np.linalg.norm(points[33, :2] - points[263, :2]))))
    thick = cv2.blur(share, (2 * reach + 1, 2 * reach + 1))  # where a beard is thick, what lies between is hair, too
    return np.asarray(np.clip(share + 1.4 * thick**2, 0, 1), np.float32)


def _drawn(photo: Photo, face: Face, name: str, parser: FaceParser) -> Float32:
    """Any other region, out of labels and landmarks of the crop, with a narrow soft border."""
    side = int(np.clip(np.linalg.norm(face.quad[3] - face.quad[0]), 256, 768))
    crop = crop_face(photo, face.quad, side)
    labels = parser.parse_crop(crop.pixels)
    area = area_of(labels, name, Seen.in_crop(face.landmarks, crop, labels)).astype(np.float32)
    soft = cv2.GaussianBlur(area, (0, 0), side / 250)
    matrix, size = between_pixels(crop.matrix), (photo.width, photo.height)
    return np.asarray(cv2.warpAffine(soft, matrix, size, flags=cv2.INTER_LINEAR), np.float32)


SHUT, NICKS = 2.0, 0.7
"""Hundredths of the face's side by which the lips of a shut mouth are found apart at most, and the radius of nicks in
the border of lips, which are none."""

LIPS_ROOM = 10.0
"""Hundredths of the face's side around the lips that are looked at."""

BORDER, FADES, THIN = 0.6, 0.55, ((1.8, 3.4), (0.62, 1.0))
"""Share of their color that lips have at their border, the share of half their thickness over which they come to all
of it, and how much all have by that half, in hundredths of the face's side."""

PAINTED = (20.0, 32.0)
"""Units of Lab from which on lips differ so much from the skin that they are painted, to their border: that fades less.
Three of four pairs of lips in the wide portraits differ by less than the first."""


def _irises(photo: Photo, face: Face, parser: FaceParser) -> Float32:
    """The colored rings: between pupil and rim, inside the lids, without the highlights."""
    total = np.zeros((photo.height, photo.width), np.float32)
    for iris in irises_of(photo, face):
        x0, y0, x1, y1 = iris.box
        total[y0:y1, x0:x1] = np.maximum(total[y0:y1, x0:x1], iris.ring)
    return total


def _lips(photo: Photo, face: Face, parser: FaceParser) -> Float32:
    """The red of the lips: the landmarks' outline, corrected by the parser and by the picture."""
    likely, box = probability(photo, face, "lips", parser, 1)
    points = face.landmarks[:, :2].astype(np.float64)
    unit = float(np.linalg.norm(face.quad[3] - face.quad[0])) / 100
    outline = np.zeros(likely.shape, np.uint8)
    inner = points[list(mesh.INNER_LIPS_CONTOUR)]
    opened = float(np.linalg.norm(inner[1:10] - inner[:10:-1], axis=1).max()) > SHUT * unit  # else lips are found apart
    for contour, value in ((mesh.OUTER_LIPS, 255), (mesh.INNER_LIPS_CONTOUR, 0))[: 1 + opened]:
        corners = np.round((points[list(contour)] - box[:2]) * 16).astype(np.int32)
        cv2.fillPoly(outline, [corners], value, cv2.LINE_AA, 4)
    drawn = cv2.GaussianBlur(outline.astype(np.float32) / np.float32(255), (0, 0), 0.35 * unit)
    (drawn, likely, outlined), box = close_to([drawn, likely, outline.astype(np.float32)], box, LIPS_ROOM * unit)
    picture = to_srgb(photo, box)
    flesh = _flesh(picture, drawn, likely)
    want = np.clip(0.75 * drawn + 0.45 * likely, 0, 1) * flesh
    region = REGIONS["lips"]
    part = cv2.GaussianBlur(sharpened(picture, want, region.band * unit, region.depth), (0, 0), max(0.5, 0.22 * unit))
    share, apart = _redder(picture, part, outlined > 0, unit)
    part = np.clip((part - 0.36) / 0.54, 0, 1) * share
    whole = cv2.morphologyEx(part.astype(np.float32), cv2.MORPH_CLOSE, disc(NICKS * unit))
    part = np.maximum(part, whole * cv2.GaussianBlur(flesh, (0, 0), 0.2 * unit) * (drawn > 0.5))
    painted = float(np.clip((apart - PAINTED[0]) / (PAINTED[1] - PAINTED[0]), 0, 1))
    return _placed(photo, part * (painted + (1 - painted) * _faded(part, unit)), box)


def _faded(part: Float32, unit: float) -> Float32:
    """(h, w): lips have less of their color towards their border, and thin ones less all over."""
    away = cv2.distanceTransform(np.pad((part > 0.5).astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1] / unit
    thick = float(away.max())
    most = np.clip(np.interp(thick, *THIN), 0, 1)
    edge = np.clip(away / (FADES * max(thick, 1e-3)), 0, 1)
    fade = BORDER + (1 - BORDER) * edge * edge * (3 - 2 * edge)
    return np.asarray(most * cv2.GaussianBlur(fade.astype(np.float32), (0, 0), 0.25 * unit), np.float32)


def _redder(picture: UInt8, part: Float32, outline: Bool, unit: float) -> tuple[Float32, float]:
    """(h, w): how much of each pixel has the color of lips, and not of the skin around, as far as they differ; and by
    how much of L*, a* and b* they do."""
    lab = cv2.cvtColor(picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    lab = cv2.GaussianBlur(lab, (0, 0), max(0.6, 0.3 * unit))
    away = cv2.distanceTransform((~(outline | (part > 0.2))).astype(np.uint8), cv2.DIST_L2, 3) / unit
    lips, skin = lab[part > 0.9], lab[(away > 1.5) & (away < 5)]
    if min(len(lips), len(skin)) < 30:
        return np.ones_like(part), 0.0
    way = np.median(lips, axis=0) - np.median(skin, axis=0)
    spread = 0.5 * (np.cov(lips.T) + np.cov(skin.T)) + 4 * np.eye(3)
    told = np.linalg.solve(spread, way)
    apart = float(np.sqrt(way @ told))
    share = ((lab - np.median(skin, axis=0)) @ told / max(float(way @ told), 1e-6)).astype(np.float32)
    sure = float(np.clip((apart - 1) / 1.5, 0, 1))
    share = 1 - sure * (1 - np.clip((share - 0.05) / 0.4, 0, 1))
    return np.asarray(share, np.float32), float(np.linalg.norm(way))


def _flesh(picture: UInt8, drawn: Float32, likely: Float32) -> Float32:
    """1 where lips have the color of lips, 0 where it is that of teeth or of the open mouth, both (h, w)."""
    lab = cv2.cvtColor(picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    sure = (drawn > 0.8) & (likely > 0.8)
    if sure.sum() < 20:
        return np.ones_like(drawn)
    light, red = np.median(lab[sure][:, 0]), np.median(lab[sure][:, 1])
    teeth = np.clip((0.65 * red - lab[..., 1]) / (0.25 * red + 2), 0, 1) * (lab[..., 0] > 0.8 * light)
    hollow = np.clip((0.45 * light - lab[..., 0]) / (0.15 * light + 1), 0, 1)
    return np.asarray(1 - np.maximum(teeth, hollow), np.float32)


SHAPED: Mapping[str, Callable[[Photo, Face, FaceParser], Float32]] = {
    "hair": lambda photo, face, parser: _placed(photo, *hair_matte(photo, face, parser)),
    "irises": _irises,
    "lips": _lips,
    "cheeks": lambda photo, face, parser: _placed(photo, *cheeks(photo, face, parser)),
}
"""What the landmarks help to find."""


def _placed(photo: Photo, part: Any, box: Box) -> Float32:
    whole = np.zeros((photo.height, photo.width), np.float32)
    whole[box[1] : box[3], box[0] : box[2]] = part
    return whole
