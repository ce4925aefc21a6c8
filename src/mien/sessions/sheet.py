"""The history of a photo on one sheet: as it came, then for each step where it was edited and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mien.photos.color import Box, to_srgb
from mien.sessions.patch import Patch
from mien.types import Bool, Photo, UInt8

_GAP = 10
_MARGIN = 0.04  # of the longer side of what is shown
_OUTLINE, _HALO = (255, 40, 90), (255, 255, 255)
_LINES = 3  # of a caption


@dataclass(frozen=True, eq=False)
class Step:
    """What a panel shows.

    Attributes:
        caption: one line for each entry; what does not fit is wrapped, then cut.
        photo: the result of the step.
        patch: what it changed.
    """

    caption: Sequence[str]
    photo: Photo
    patch: Patch


def draw_history(
    original: Photo, steps: Iterable[Step], box: Box, name: str, *, side: int = 320, columns: int = 5
) -> UInt8:
    """A sheet: (h, w, 3) uint8 sRGB.

    Every panel shows the same part of the photo, above as it was before the step, with the outline of the mask, and
    below as it is after it. The first panel shows the photo as it came above, and as it is in the end below.

    Args:
        original: the photo as it came.
        steps: oldest first.
        box: (x0, y0, x1, y1), the part to show, see :func:`around`.
        name: of the photo.
        side: longer side of each picture, pixels.
        columns: panels in a row.
    """
    first = _picture(original, box, side)
    panels, latest = [first], first
    for step in steps:
        before, latest = latest, _picture(step.photo, box, side)
        panels.append(_panel(step.caption, _outlined(before, _mask(step), box), latest))
    panels[0] = _panel((name, "before and after all edits"), first, latest)
    blank = np.full_like(panels[0], 255)
    columns = min(columns, len(panels))
    panels += [blank] * (-len(panels) % columns)
    rows = [_joined(panels[start : start + columns], 1) for start in range(0, len(panels), columns)]
    return np.pad(_joined(rows, 0), ((_GAP, _GAP), (_GAP, _GAP), (0, 0)), constant_values=255)


def around(mask: Bool, quads: Iterable[Sequence[Sequence[float]]]) -> Box:
    """The part of a photo that holds all that was edited and the faces that it belongs to, with a margin.

    Args:
        mask: (H, W), the union of all masks.
        quads: corners of the faces' crops, photo pixels.
    """
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    corners = [corner for quad in quads for corner in quad]
    if len(rows):
        corners += [(columns[0], rows[0]), (columns[-1] + 1, rows[-1] + 1)]
    size = np.array(mask.shape[::-1])
    if not corners:
        return 0, 0, int(size[0]), int(size[1])
    low, high = np.min(corners, 0), np.max(corners, 0)
    margin = _MARGIN * (high - low).max()
    x0, y0 = np.clip(np.floor(low - margin), 0, size - 1).astype(int)
    x1, y1 = np.clip(np.ceil(high + margin), (x0 + 1, y0 + 1), size).astype(int)
    return int(x0), int(y0), int(x1), int(y1)


def _mask(step: Step) -> Bool:
    mask = np.zeros((step.photo.height, step.photo.width), np.bool_)
    step.patch.cover(mask)
    return mask


def _picture(photo: Photo, box: Box, side: int) -> UInt8:
    part = to_srgb(photo, box)
    scale = side / max(part.shape[:2])
    shape = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    kernel = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(part).resize(shape, kernel))


def _outlined(picture: UInt8, mask: Bool, box: Box) -> UInt8:
    """The outline of what of the mask is in the box; strokes thinner than a pixel of the picture show, too."""
    part = mask[box[1] : box[3], box[0] : box[2]].astype(np.float32)
    height, width = picture.shape[:2]
    shrinks = part.shape[0] > height
    reduced: Any = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_NEAREST)
    contours, _ = cv2.findContours((reduced > 0.2).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    canvas = picture.copy()
    cv2.drawContours(canvas, contours, -1, _HALO, 3, cv2.LINE_AA)
    cv2.drawContours(canvas, contours, -1, _OUTLINE, 1, cv2.LINE_AA)
    return canvas


def _panel(caption: Sequence[str], above: UInt8, below: UInt8) -> UInt8:
    return _joined([_caption(caption, above.shape[1]), above, below], 0, _GAP // 3)


def _joined(parts: Sequence[UInt8], axis: int, gap: int = _GAP) -> UInt8:
    """Side by side (axis 1) or below each other (axis 0), with white between them."""
    shape = list(parts[0].shape)
    shape[axis] = gap
    white = np.full(shape, 255, np.uint8)
    joined = [piece for part in parts for piece in (part, white)][:-1]
    return np.concatenate(joined, axis)


def _caption(lines: Sequence[str], width: int) -> UInt8:
    """A few lines of text; Pillow's own font knows more letters than OpenCV's."""
    size = max(9, width // 24)
    font = ImageFont.load_default(size)
    fitted = [part for line in lines for part in _wrapped(line, width, font)]
    if len(fitted) > _LINES:
        last = fitted[_LINES - 1]
        while font.getlength(f"{last} ...") > width:
            last = last[:-1]
        fitted = [*fitted[: _LINES - 1], f"{last} ..."]
    picture = Image.new("RGB", (width, round((_LINES + 0.2) * 1.3 * size)), "white")
    pen = ImageDraw.Draw(picture)
    for row, line in enumerate(fitted):
        pen.text((0, round((row + 0.65) * 1.3 * size)), line, "black", font, anchor="lm")
    return np.asarray(picture)


def _wrapped(text: str, width: int, font: Any) -> list[str]:
    """As many lines as it takes; a word that is too long is cut."""
    lines: list[str] = []
    for word in text.split():
        while font.getlength(word) > width:
            word = word[:-1]
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
