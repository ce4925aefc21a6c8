"""Beards of real men put on shaven men: pairs of which the truth below the beard is known.

A beard is what the parser and a matte see of it, with the skin between its hairs, moved by landmarks of both faces and
lit as this face's skin is beside it. Lips and nose stay, as they are this face's.

Convention:
    That of :mod:`mien.guides.beards.around_beard`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from mien.align.finder import FaceFinder
from mien.conditions.areas import lower_face
from mien.conditions.parser import FaceParser
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.beardless import places
from mien.guides.beards.edge import UNIT, blurred, inside
from mien.guides.beards.face_light import looks_of
from mien.guides.beards.on import NOSE, lit, matte_of
from mien.guides.beards.shaven import darkness
from mien.guides.borrow import mirrored, unit_of
from mien.guides.dyes.coloring import lab_of
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Photo, UInt8

SHAVEN, GROWN, DARK, TURNED = 0.02, 0.4, 4.0, 20.0
"""Mean probability of hair on the lower face up to which a man is shaven, square eye distances of a face that a beard
covers, L* by which it is darker than skin, and yaw, degrees."""

USED, WORST = 0.35, 5.0
"""By how much each use of a beard makes it suit less, and by how much it may be unlike."""


@dataclass(frozen=True, eq=False)
class Man:
    """Attributes: photo; face; here, what is seen around the lower face."""

    photo: Photo
    face: Face
    here: AroundBeard

    @cached_property
    def skin(self) -> Float32:
        """(3,) CIE L*, a*, b* of the face."""
        lab = lab_of(self.here.picture / np.float32(255))
        return np.asarray(np.median(lab[self.here.facial], 0), np.float32)


def met(photo: Photo, finder: FaceFinder, parser: FaceParser) -> Man | None:
    """A man who looks straight on, or None."""
    faces = finder.find(photo)
    if not faces or abs(faces[0].pose.yaw) > TURNED:
        return None
    return Man(photo, faces[0], AroundBeard.of(photo, faces[0], parser))


def shaven(man: Man) -> bool:
    """Whether no beard is seen."""
    return float(man.here.shares["hair"][inside(lower_face(man.here.points)[0], man.here.shape)].mean()) < SHAVEN


def covered(man: Man) -> float:
    """How much of his face a beard covers, square eye distances."""
    return float((man.here.hairs & man.here.oval).sum()) / UNIT**2


def grown(man: Man) -> bool:
    """Whether a beard is seen that can be taken off."""
    return covered(man) > GROWN and darkness(man.here) > DARK and not man.here.long


def people(data: Path, portraits: Path) -> Mapping[str, Photo]:
    """Real men of the train split at half the size."""
    with (portraits / "index.csv").open(encoding="utf-8", newline="") as file:
        men = {row["id"] for row in csv.DictReader(file) if row["gender"] == "male"}
    with (data / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["split"], row["kind"]) == ("train", "real")]
    found = {}
    for name in (row["id"] for row in rows if row["id"] in men):
        pixels = np.asarray(Image.open(data / "images" / f"{name}.webp").convert("RGB"))
        found[name] = Photo(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    return found


def unlike(mine: Man, other: Man) -> float:
    """How badly another man's beard suits a man: his pose and his skin (Lab), each over what is little of it."""
    ours, theirs = looks_of(mine.face), looks_of(other.face)
    both = np.abs(ours - theirs), np.abs(ours - theirs * (1, 1, 1, -1, 1))  # mirrored, it looks the other way
    looks = min(float(one @ (1 / 8, 1 / 8, 1 / 10, 1 / 6, 1 / 4)) for one in both)
    return looks + float(np.abs(mine.skin - other.skin) @ (1 / 12, 1 / 8, 1 / 8))


def bearded(mine: Man, other: Man) -> tuple[UInt8, Float32]:
    """A man's photo (H, W, 3) with another man's beard, and where it was changed (H, W), 0 to 1."""
    photo, face, here = other.photo, other.face, mine.here
    beard = _matte(other)
    if mine.face.pose.yaw * face.pose.yaw < -16:
        photo, face, beard = mirrored_with(photo, face, beard)
    x0, y0, x1, y1 = here.box
    shape = (y1 - y0, x1 - x0)
    scale = shape[0] / here.shape[0]
    by = UNIT * scale / unit_of(face)
    at = places(here.points, face.landmarks[:, :2].astype(np.float64) * by / scale, here.shape) * np.float32(scale / by)
    at = np.asarray(cv2.resize(at, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    smooth = max(0.3, 0.45 * np.sqrt(max(0.0, 1 / by**2 - 1)))
    layers = np.dstack([photo.pixels[..., :3].astype(np.float32), beard])
    found = cv2.remap(blurred(layers, smooth), at, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    taken, weight = found[..., :3].clip(0, 255), found[..., 3].clip(0, 1)
    before = to_srgb(mine.photo, here.box).astype(np.float32)
    lips = cv2.resize((here.lips | _nose(here)).astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC)
    weight = np.asarray(weight * (1 - blurred(lips, 0.012 * UNIT * scale).clip(0, 1)), np.float32)
    made = lit(here, before, taken, weight)
    result = np.array(mine.photo.pixels[..., :3], np.uint8)
    changed: Float32 = np.zeros(result.shape[:2], np.float32)
    mixed = before + weight[..., None] * (made - before)
    result[y0:y1, x0:x1] = np.where(weight[..., None] > 0.004, mixed.round().clip(0, 255), result[y0:y1, x0:x1])
    changed[y0:y1, x0:x1] = weight
    return result, changed


def mirrored_with(photo: Photo, face: Face, plane: Float32) -> tuple[Photo, Face, Float32]:
    """A photo, its face and a plane (H, W) of it, left and right exchanged."""
    photo, face, _ = mirrored(photo, face, None)
    return photo, face, np.ascontiguousarray(plane[:, ::-1])


def _nose(here: AroundBeard) -> Bool:
    area = np.zeros(here.shape, np.uint8)
    hull = cv2.convexHull(here.points[list(NOSE), :2].astype(np.float32))
    cv2.fillConvexPoly(area, hull.astype(np.int32), 1)
    return area > 0


def _matte(man: Man) -> Float32:
    """(H, W) in [0, 1]: a beard in its photo, the skin between its hairs included."""
    x0, y0, x1, y1 = man.here.box
    found = np.zeros(man.photo.pixels.shape[:2], np.float32)
    found[y0:y1, x0:x1] = matte_of(man.here, to_srgb(man.photo, man.here.box).clip(0, 255).astype(np.uint8))
    return found
