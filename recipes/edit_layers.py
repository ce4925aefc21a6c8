"""The layers that a user would paint for five edits of a portrait, made from its landmarks and its label map.

Convention:
    Everything lies in a crop of side D = 512, a multiple of the side of every editor; points are (x, y) in its pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.align import mesh
from mien.align.crop import crop_face, inverse
from mien.align.draw import SHIFT, to_fixed
from mien.conditions.labels import INDEX
from mien.conditions.lines import sketch_of
from mien.conditions.masks import feather, grow
from mien.conditions.parser import FaceParser
from mien.conditions.regions import parse_region
from mien.conditions.resample import levels_at, picture_at
from mien.conditions.types import Conditions
from mien.pixels import to_tensor
from mien.types import AlignedFace, Bool, Face, Float32, Float64, Photo, UInt8

D = 512

ROOM = 0.04
"""Fraction of the side by which masks reach softly beyond what shall change: the edit has to join what is there."""

AUBURN = (116, 40, 24)
"""Mean color of the new hair, about as bright as the astronaut's own."""

SEAM = 0.3
"""Where closed lips meet: fraction of the way from the upper lip's lower edge to the lower lip's upper edge; it is the
lower lip that comes down in a smile."""

NARROWER, FLATTER, FULLER = 0.92, 0.7, 1.3
"""Closed lips against the same in an open smile: their width, the bend of the line between them, the upper lip."""


@dataclass(frozen=True, eq=False)
class Sitter:
    """A crop of a face, and what is known about it.

    Attributes:
        crop: (D, D, 3) pixels and the way back to the photo.
        labels: (D, D) uint8.
        points: (478, 2) landmarks.
    """

    crop: AlignedFace
    labels: UInt8
    points: Float32

    @classmethod
    def of(cls, photo: Photo, face: Face, quad: Float64, parser: FaceParser) -> Sitter:
        """Cuts out and parses a quad (4, 2) that holds the face."""
        crop = crop_face(photo, quad, D, face)
        return cls(crop, parser.parse_crop(crop.pixels), to_crop(face.landmarks, crop))

    def region(self, expression: str, room: float = 0.0) -> Bool:
        """(D, D) a named region, widened by a fraction of the side."""
        return grow(parse_region(expression)[self.labels], room * D)


def to_crop(landmarks: Float32, crop: AlignedFace) -> Float32:
    """(478, 2 or more) in the photo -> (478, 2) in the crop."""
    back = inverse(crop.matrix)
    return (landmarks[:, :2] @ back[:, :2].T + back[:, 2]).astype(np.float32)


def whole_hair(photo: Photo, face: Face, parser: FaceParser) -> Float64:
    """The face's quad (4, 2), moved up until all of its hair lies within, by an eighth of its side at most."""
    labels = parser.parse_photo(photo, face.quad)
    top_left, bottom_left = face.quad[0], face.quad[1]
    down = bottom_left - top_left
    rows, columns = np.nonzero(labels == INDEX["hair"])
    depth = (np.stack([columns, rows], 1) - top_left) @ down / (down @ down)
    rise = float(np.clip(0.03 - depth.min(initial=1.0), 0.0, 0.125))
    return face.quad - rise * down


def new_hair_color(sitter: Sitter) -> Conditions:
    """The hair painted in one color; training's color maps are means of regions, too."""
    color = np.zeros((D, D, 4), np.uint8)
    color[sitter.region("hair")] = (*AUBURN, 255)
    return Conditions(mask=sitter.region("hair").astype(np.float32), color=color)


def longer_hair(sitter: Sitter) -> Conditions:
    """Hair that falls to the chin on both sides, over ears, neck and background, but not over the face; one color."""
    hair, face = sitter.region("hair"), sitter.region("face")
    fallen, mask = hair.copy(), np.zeros((D, D), np.float32)
    for jaw, outermost in ((172, np.min), (397, np.max)):
        outline = strand(hair, sitter.points, jaw, outermost)
        side = cv2.fillPoly(np.zeros((D, D), np.uint8), [to_fixed(outline)], 1, cv2.LINE_8, SHIFT) > 0
        fallen |= side
        # The old tips may change, too: they would show inside of the new hair. Above, the new fades into the old.
        faded = (np.arange(D)[:, None] - outline[0, 1] + ROOM * D) / (0.15 * D)
        mask = np.maximum(mask, soft(side & ~face) * faded.clip(0, 1).astype(np.float32))
    rounded = cv2.GaussianBlur(fallen.astype(np.float32), (0, 0), 0.012 * D) > 0.5
    painted = rounded & (mask > 0) & ~face
    color = np.zeros((D, D, 4), np.uint8)
    color[painted] = (*sitter.crop.pixels[hair].mean(0).astype(np.uint8), 255)
    return Conditions(mask=mask, semantic=np.where(painted, np.uint8(INDEX["hair"]), sitter.labels), color=color)


def strand(hair: Bool, points: Float32, jaw: int, outermost: np.ufunc) -> Float64:
    """Polygon (N, 2) of the hair beside the face, from where it is widest down to the chin, where it turns inwards.

    Args:
        hair: (D, D).
        points: (478, 2).
        jaw: number of the point at the angle of the jaw.
        outermost: np.min for the left side of the picture, np.max for the right.
    """
    rows = np.flatnonzero(hair.any(1))
    edges = np.array([outermost(np.flatnonzero(hair[row])) for row in rows], np.float64)
    widest = int(np.flatnonzero(edges == outermost(edges)).mean())
    start, end = rows[widest], points[152, 1] - 0.01 * D
    t = np.linspace(0, 1, 24)
    inner = points[jaw, 0]
    outline = np.stack([edges[widest] + 0.55 * (inner - edges[widest]) * t**3, start + (end - start) * t], 1)
    return np.concatenate([outline, [(inner, end), (inner, start)]])


def closed_mouth(sitter: Sitter, side: int) -> Conditions:
    """The lines that the pencil filter finds in closed lips painted over the open ones.

    At the editor's own side: there the two edges of the dark line between the lips lie a pixel apart.
    """
    mask = levels_at(soft(sitter.region("mouth", 0.02)), side)
    lines = sketch_of(to_tensor(picture_at(painted_lips(sitter), side)))
    return Conditions(mask=mask, sketch=lines & (mask > 0))


def painted_lips(sitter: Sitter) -> UInt8:
    """The crop (D, D, 3) with a closed mouth: skin over the open one, two lips, the line between, the shadow below."""
    pixels, open_mouth = sitter.crop.pixels, sitter.region("mouth", 0.02)
    bare = cv2.inpaint(pixels, open_mouth.astype(np.uint8), 0.02 * D, cv2.INPAINT_TELEA)
    canvas = over(pixels, open_mouth, cv2.GaussianBlur(bare, (0, 0), 0.01 * D), 0.01)
    upper, seam, lower = closed_lips(sitter.points)
    color = np.median(pixels[sitter.region("lips")], 0)
    swell = np.sqrt(np.sin(np.linspace(0, np.pi, len(seam))))[:, None] * np.array([0, 0.005 * D])
    below = lower[2:-2] + np.array([0, 0.02 * D])
    canvas = over(canvas, between(lower[2:-2], below), canvas * 0.75, 0.008)
    for outlines, shade in (((upper, seam), 0.8), ((seam, lower), 0.95), ((seam - swell, seam + swell), 0.35)):
        canvas = over(canvas, between(*outlines), color * shade, 0.003)
    return canvas


def closed_lips(points: Float32) -> tuple[Float32, Float32, Float32]:
    """The upper lip's upper edge, the line between the lips, the lower lip's lower edge: (11, 2), left to right."""
    outer_up, outer_low = halves(points, mesh.OUTER_LIPS)
    inner_up, inner_low = halves(points, mesh.INNER_LIPS_CONTOUR)
    inner_up[[0, -1]] = inner_low[[0, -1]] = outer_up[[0, -1]]  # closed lips meet in the corners
    line = inner_up + SEAM * (inner_low - inner_up)
    middle = line.mean(0)
    seam = (line - middle) * (NARROWER, FLATTER) + middle
    upper, lower = seam + FULLER * (outer_up - inner_up), seam + (outer_low - inner_low)
    return upper, seam, lower


def halves(points: Float32, contour: Sequence[int]) -> tuple[Float32, Float32]:
    """The upper and the lower half (11, 2) of a contour of 20 points that starts in the left corner of the mouth."""
    ring = points[[*contour, contour[0]]]
    return ring[:11].copy(), ring[10:][::-1].copy()


def between(above: Float32, below: Float32) -> Bool:
    """(D, D) True between two lines (N, 2) from left to right."""
    polygon = to_fixed(np.concatenate([above, below[::-1]]))
    return cv2.fillPoly(np.zeros((D, D), np.uint8), [polygon], 1, cv2.LINE_8, SHIFT) > 0


def over(canvas: UInt8, area: Bool, color: NDArray[np.generic], blur: float) -> UInt8:
    """A color (3,) or picture (D, D, 3) over an area whose edge is blurred by a fraction of the side."""
    weight = cv2.GaussianBlur(area.astype(np.float32), (0, 0), blur * D)[..., None]
    return np.rint(canvas * (1 - weight) + color * weight).clip(0, 255).astype(np.uint8)


def other_eyes(sitter: Sitter, exemplar: UInt8) -> Conditions:
    """Eyes and brows after those of an aligned face (E, E, 3)."""
    return Conditions(mask=soft(sitter.region("eyes+brows", 0.01)), exemplar=exemplar)


def other_smile(sitter: Sitter, strength: float) -> Conditions:
    """The mouth and the cheeks around it, which a smile lifts."""
    return Conditions(mask=soft(sitter.region("mouth", 0.06)), attributes={"smile": strength})


def soft(area: Bool, room: float = ROOM) -> Float32:
    """A mask (D, D): 1 in an area, falling to 0 within a fraction of the side around it."""
    return np.maximum(feather(grow(area, room * D), room * D), area.astype(np.float32))
