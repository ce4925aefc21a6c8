"""What a hand would draw or mask, made from a face: outlines of hair, spots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from mien import Editor
from mien.align.crop import quad_to_matrix
from mien.align.paste import mask_to_photo
from mien.compose.morphology import disc
from mien.conditions.labels import INDEX, UNKNOWN
from mien.conditions.regions import parse_region
from mien.errors import LayerError
from mien.guides.borrow import mirrored
from mien.guides.hair.fit import SKULL, similarity
from mien.types import Bool, Face, Float64, Photo, UInt8
from recipes.edit_layers import Sitter, longer_hair

Wish = dict[str, Any]

LONG_HAIR: Mapping[str, str] = {
    "chin": "0687",
    "full": "0444",
    "neck": "0615",
    "shoulder": "4854",
    "waves": "3504",
    "chest": "3365",
    "straight": "0581",
    "parted": "4397",
}
"""People of the wide training split with long hair, by how long it is, whose outlines are wished for."""

LOWER_FACE = (116, 132, 58, 136, 150, 176, 152, 400, 379, 365, 288, 361, 345, 6)
"""Points around the lower part of a face."""

ROOM, SMOOTH, GAP, EAR = 0.2, 0.02, 0.12, 0.25
"""Eye distances around hair, old and new, that are masked; by which an outline is smoothed; half the width of gaps
between hair and head that a hand would not leave; and from hair up to which an ear is covered."""


def long_hair(photo: Photo, face: Face, editor: Editor, other: Photo) -> Wish:
    """A semantic map with the hair of another head, and a mask that holds the old hair and the new.

    The outline is that of a real head, as the parser sees it, brought to this one by both faces; above the brows this
    head's hairline stays. It is what somebody might draw, and says nothing of strands or colors.
    """
    other_face = editor.finder.find(other)[0]
    if other_face.pose.yaw * face.pose.yaw < -16:
        other, other_face, _ = mirrored(other, other_face, None)
    labels, theirs = (editor.parser.parse_photo(one, its.quad) for one, its in ((photo, face), (other, other_face)))
    labels, theirs = (np.where(one == UNKNOWN, np.uint8(0), one) for one in (labels, theirs))
    points, unit = face.landmarks, float(np.linalg.norm(face.landmarks[33, :2] - face.landmarks[263, :2]))
    new = _brought(theirs, face, other_face, labels.shape, SMOOTH * unit)
    front = parse_region("skin+brows+eyes+nose+mouth+glasses")[labels]
    hair = (labels == INDEX["hair"]) & ~_beard(face, labels.shape)
    rows, brows = np.arange(len(labels))[:, None], points[[105, 334], 1].mean()
    new &= ~(front & (rows < brows))
    new |= parse_region("ears")[labels] & _around(new, EAR * unit)
    head = front | parse_region("neck")[labels] | new | hair
    closed = cv2.morphologyEx(head.astype(np.uint8), cv2.MORPH_CLOSE, disc(GAP * unit)) > 0
    new |= closed & ~head & (rows > brows) & (rows < points[152, 1])
    wished = new | (hair & (rows < points[[61, 291], 1].mean()))
    wished &= ~_beard(face, labels.shape)
    semantic = np.where(wished, np.uint8(INDEX["hair"]), np.where(hair, np.uint8(0), labels))
    return {"mask": _around(wished | hair, ROOM * unit), "semantic": semantic, "frame": "photo"}


def _beard(face: Face, shape: tuple[int, ...]) -> Bool:
    """(H, W) the face below its eyes, without its sides: what is hair there is no hair of a head."""
    area = np.zeros(shape, np.uint8)
    cv2.fillPoly(area, [np.round(face.landmarks[list(LOWER_FACE), :2]).astype(np.int32)], 1)
    return area > 0


def _brought(labels: UInt8, face: Face, other: Face, shape: tuple[int, ...], soft: float) -> Bool:
    """(H, W) hair and ears of the other's labels where its face is brought to this one."""
    points: list[Float64] = [one.landmarks[list(SKULL), :2].astype(np.float64) for one in (face, other)]
    turn, middle, centre = similarity(points[0], points[1])
    matrix = np.column_stack([turn, centre - turn @ middle])
    found = parse_region("hair+ears+earrings")[labels].astype(np.float32)
    flags = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
    brought = cv2.warpAffine(found, matrix, shape[1::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.GaussianBlur(brought, (0, 0), soft) > 0.5, np.bool_)


def _around(area: Bool, reach: float) -> Bool:
    return np.asarray(cv2.dilate(area.astype(np.uint8), disc(reach)) > 0, np.bool_)


def hair_outline(photo: Photo, face: Face, editor: Editor, kind: str, data: Path | None = None) -> Wish:
    """A semantic map with longer hair, shorter hair, or a fringe.

    Args:
        photo, face: any.
        editor: its parser sees hair.
        kind: a key of :data:`LONG_HAIR`, "bars" beside the face down to the chin, "shorter" or "fringe".
        data: folder of photo sets, which long hair needs.

    Raises:
        LayerError: there is no hair to cut.
    """
    if kind in LONG_HAIR and data is not None:
        path = data / "wide/images" / f"{LONG_HAIR[kind]}.webp"
        return long_hair(photo, face, editor, Photo(np.asarray(Image.open(path).convert("RGB"))))
    sitter = Sitter.of(photo, face, face.quad, editor.parser)
    if kind == "bars":
        layers = longer_hair(sitter)
        assert layers.semantic is not None and layers.mask is not None
        return {"mask": layers.mask, "semantic": layers.semantic, "frame": "crop"}
    labels, points = sitter.labels.copy(), sitter.points
    ys, xs = np.mgrid[: len(labels), : len(labels)]
    if kind == "fringe":
        new: Bool = (ys < points[[105, 334], 1].mean() - 2) & sitter.region("face")
        labels[new & (abs(xs - points[9, 0]) < 0.8 * abs(points[33, 0] - points[263, 0]))] = INDEX["hair"]
    else:
        labels[sitter.region("hair") & (ys > points[[61, 291], 1].mean())] = INDEX["background"]
        matrix, size = quad_to_matrix(face.quad, len(labels)), (photo.width, photo.height)
        within = mask_to_photo(np.ones(labels.shape, np.float32), matrix, size) > 0
        changed = mask_to_photo((labels != sitter.labels).astype(np.float32), matrix, size) > 0
        if not changed.any():
            raise LayerError("No hair hangs below the mouth; ask for another edit.")
        changed[np.flatnonzero(changed.any(1))[0] :] |= ~within[np.flatnonzero(changed.any(1))[0] :]
        wide = np.ones((round(0.12 * np.linalg.norm(face.quad[3] - face.quad[0])),) * 2, np.uint8)
        return {"mask": cv2.dilate(changed.astype(np.uint8), wide) > 0, "semantic": labels}
    changed = cv2.dilate((labels != sitter.labels).astype(np.uint8), np.ones((61, 61), np.uint8)) > 0
    return {"mask": changed, "semantic": labels, "frame": "crop"}


def spots(photo: Photo, discs: Sequence[tuple[int, int, int]]) -> Bool:
    """(H, W) discs of (x, y, radius), photo pixels."""
    area = np.zeros((photo.height, photo.width), np.uint8)
    for x, y, radius in discs:
        cv2.circle(area, (x, y), radius, 1, -1)
    return np.asarray(area > 0)
