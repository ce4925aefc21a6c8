"""What is seen of a session: facts, labels, masks, layers, thumbnails. Runs in workers."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from PIL import Image

from mien.align.crop import between_pixels, crop_face, quad_to_matrix
from mien.conditions.areas import Seen
from mien.conditions.extract import conditions_of
from mien.conditions.labels import INDEX, UNKNOWN
from mien.conditions.modalities import pictures
from mien.conditions.regions import check_region, region_mask
from mien.guides.borrow import unit_of
from mien.serve.faults import ApiError, plain
from mien.serve.pictures import shown
from mien.serve.previews import at_width
from mien.serve.store import Stored
from mien.sessions.recipe import describe, over_files
from mien.sessions.tree import Node
from mien.types import AlignedFace, Face, Photo, UInt8

LAYERS = ("image", "sketch", "semantic", "color", "labels")
PARSED = 512
"""Largest side at which a face is parsed."""

SEEN_WIDTH = 1600
"""Width of a photo at which labels are looked for beyond the face's square."""

Facts = dict[str, Any]


def session_facts(stored: Stored, expires: str, key: str | None = None) -> Facts:
    """All that a page has to know about a session."""
    photo = stored.session.original
    return {
        "id": stored.id,
        **({} if key is None else {"key": key}),
        "expires": expires,
        "photo": {
            "name": stored.name,
            "format": photo.format or "",
            "width": photo.width,
            "height": photo.height,
            "bits": photo.bits,
            "gray": photo.pixels.shape[2] == 1,
            "alpha": photo.alpha is not None,
            "notes": list(photo.conversions),
        },
        "faces": [face_facts(number, face) for number, face in enumerate(stored.faces)],
        "tree": tree_facts(stored),
    }


def face_facts(number: int, face: Face) -> Facts:
    """A face, in photo pixels."""
    return {
        "number": number,
        "box": [round(float(v), 2) for v in face.box],
        "score": round(face.score, 4),
        "quad": np.round(face.quad, 3).tolist(),
        "landmarks": np.round(face.landmarks[:, :2].astype(np.float64), 2).tolist(),
        "pose": {name: round(float(getattr(face.pose, name)), 2) for name in ("yaw", "pitch", "roll")},
        "mouth_openness": round(face.mouth_openness, 4),
        "eye_openness": [round(one, 4) for one in face.eye_openness],
        "unit": round(unit_of(face), 3),
    }


def tree_facts(stored: Stored) -> Facts:
    """The tree of edits."""
    tree = stored.session.tree
    return {"head": tree.head, "tip": tree.tip, "steps": [step_facts(stored, node) for node in tree.nodes]}


def step_facts(stored: Stored, node: Node) -> Facts:
    """One edit of it."""

    def named(_: str, value: Any) -> Facts:
        return {"upload": value["file"], "name": str(value.get("name", ""))}

    recipe = over_files(node.recipe, named)
    face = recipe.pop("face", 0)
    return {
        "number": node.number,
        "parent": node.parent,
        "replaces": node.replaces,
        "note": node.note,
        "words": plain(describe(node.recipe)),
        "operations": [plain(words) for words in node.operations],
        "box": box_of_patch(stored, node),
        "face": face if isinstance(face, int) else 0,
        "recipe": recipe,
        "quad": [list(corner) for corner in node.quad],
    }


def box_of_patch(stored: Stored, node: Node) -> list[int] | None:
    """Where an edit changed something, read off its stored picture's head."""
    known: dict[str, list[int]] = stored.known.setdefault("boxes", {})
    if node.patch not in known:
        try:
            with Image.open(stored.session.folder.objects.folder / node.patch, formats=("PNG",)) as head:
                width, height = head.size
        except OSError:
            return None
        x, y = node.place
        known[node.patch] = [x, y, x + width, y + height]
    return known[node.patch]


def labels(photo: Photo, face: Face, width: int | None, parser: Any) -> UInt8:
    """(h, w) classes over the whole photo at some width; what is not near the face is background."""
    wanted = min(photo.width, width or photo.width)
    small, there = at_width(photo, face, min(wanted, SEEN_WIDTH))
    found = parser.parse_photo(small, there.quad)
    found = np.where(found == UNKNOWN, np.uint8(INDEX["background"]), found)
    if found.shape[1] == wanted:
        return np.asarray(found, np.uint8)
    size = (wanted, max(1, round(photo.height * wanted / photo.width)))
    return np.asarray(cv2.resize(found, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def mask(photo: Photo, face: Face, region: str, grow: float, feather: float, width: int | None, parser: Any) -> UInt8:
    """(h, w), 255 where a region is, over the whole photo at some width.

    Args:
        photo, face, parser: see :func:`labels`.
        region: names joined by +, - and &.
        grow, feather: photo pixels.
        width: None is the photo's.

    Raises:
        LayerError: no such region, or it is empty.
    """
    check_region(region)
    small, there = at_width(photo, face, min(width or photo.width, SEEN_WIDTH))
    scale = small.width / photo.width
    found = parser.parse_photo(small, there.quad)
    found = np.where(found == UNKNOWN, np.uint8(INDEX["background"]), found)
    picture = small.pixels if small.pixels.shape[2] == 3 else np.repeat(small.pixels, 3, 2)
    whole = AlignedFace(picture.astype(np.uint8), np.eye(2, 3), (small.width, small.height))
    seen = Seen.in_crop(there.landmarks, whole, found)
    area = region_mask(found, region, grow_by=grow * scale, feather_by=feather * scale, seen=seen)
    wanted = min(photo.width, width or photo.width)
    if area.shape[1] != wanted:
        size = (wanted, max(1, round(photo.height * wanted / photo.width)))
        area = cv2.resize(area, size, interpolation=cv2.INTER_LINEAR)
    return np.rint(area * 255).astype(np.uint8)


def layer(photo: Photo, face: Face, name: str, side: int, parser: Any) -> UInt8:
    """One layer of a face's square as a picture: (S, S), (S, S, 3) or (S, S, 4).

    Raises:
        ApiError: no such layer.
    """
    if name not in LAYERS:
        raise ApiError("not_found", f"There is no such layer; choose {', '.join(LAYERS)}.")
    crop = crop_face(photo, face.quad, side).pixels
    if name == "image":
        return crop
    parsed = parser.parse_crop(crop if side <= PARSED else crop_face(photo, face.quad, PARSED).pixels)
    if parsed.shape[0] != side:
        parsed = cv2.resize(parsed, (side, side), interpolation=cv2.INTER_NEAREST)
    if name == "labels":
        return np.asarray(parsed, np.uint8)
    value = getattr(conditions_of(crop, parsed), name)
    if name == "color":
        return np.asarray(value, np.uint8)
    if name == "sketch":
        lines = np.zeros((side, side), np.bool_) if value is None else np.asarray(value) > 0
        return np.where(lines, np.uint8(0), np.uint8(255)).reshape(side, side)
    return pictures()[name].draw(value)


def over_photo(pixels: UInt8, name: str, photo: Photo, face: Face, width: int | None) -> UInt8:
    """A layer of the square (S, S) or (S, S, C) over the whole photo at some width.

    Beyond the square is what says nothing: white for a sketch, background for labels, transparent for all else.
    """
    wanted = min(photo.width, width or photo.width)
    size = (wanted, max(1, round(photo.height * wanted / photo.width)))
    scale = np.array([size[0] / photo.width, size[1] / photo.height])
    matrix = quad_to_matrix(face.quad * scale, pixels.shape[0])
    if name in ("semantic", "image"):
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    way = cv2.INTER_NEAREST if name in ("labels", "semantic") else cv2.INTER_AREA
    value = 255 if name == "sketch" else 0
    border = (value,) * 4
    turned = cv2.warpAffine(pixels, between_pixels(matrix), size, flags=way, borderValue=border)
    return np.asarray(turned, np.uint8)


def thumbnail(photo: Photo, quad: Any, side: int) -> UInt8:
    """(side, side, 3): the face's square, or all of the photo where there is no face."""
    if quad is not None:
        return crop_face(photo, np.asarray(quad, np.float64), side).pixels
    small = shown(photo, None, side)
    return np.asarray(small[:side], np.uint8)
