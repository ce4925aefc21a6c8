"""Further pictures of docs/gallery.md, each made for one wish: what is worn, damaged or pasted is drawn first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PIL import Image
from skimage.data import astronaut

from mien import Editor
from mien.guides.bank import BUNDLED
from mien.photos.read import read_photo
from mien.types import Face, Photo, UInt8
from recipes.accessories import draw_glasses
from recipes.damage_drawn import flashed, scratched

Wish = Mapping[str, Any]
Shown = tuple[UInt8, UInt8, str]
"""Before, after, and what was asked for."""

GLASSES, SCRATCHES = 18, 9
"""Which glasses and scratches are drawn."""

ONTO, PASTED, PLACE = "2123", "2133", (0.34, 0.62, 0.66, 0.82)
"""Onto whose face a mouth is pasted, whose it is, and its place in both faces' squares: left, top, right, bottom."""


def portrait(number: str) -> Photo:
    """A face of nobody."""
    return read_photo(BUNDLED / f"{number}.webp")


def square(pixels: UInt8) -> UInt8:
    """The upper part of a portrait, its middle where that is wide, (480, 480, 3)."""
    side = min(pixels.shape[:2])
    left = (pixels.shape[1] - side) // 2
    picture = Image.fromarray(pixels[:side, left : left + side])
    return np.asarray(picture.resize((480, 480), Image.Resampling.LANCZOS), np.uint8)


def with_glasses(photo: Photo, face: Face) -> Photo:
    """A photo of somebody who wears glasses now."""
    labels = np.zeros(photo.pixels.shape[:2], np.uint8)
    return Photo(draw_glasses(photo.pixels, labels, face.landmarks, np.random.default_rng(GLASSES))[0])


def with_scratches(photo: Photo, face: Face) -> Photo:
    """A scan of a scratched print."""
    return scratched(photo, face, SCRATCHES)


PLAIN: list[tuple[str, str, Wish]] = [
    ("2426", "eyes of another photo", {"part": "eyes", "exemplar": "2672"}),
    ("3044", "a fringe", {"part": "fringe"}),
    ("2480", "forehead healed", {"mask": "forehead", "mode": "heal"}),
    ("2129", "text: gray hair, a slight smile", {"text": "gray hair, a slight smile"}),
    ("2538", "text: auburn hair, full lips", {"text": "auburn hair, full lips"}),
]
DRAWN: list[tuple[str, str, Callable[[Photo, Face], Photo], Wish]] = [
    ("2522", "glasses off", with_glasses, {"mask": "glasses", "mode": "heal"}),
    ("2286", "red eyes", flashed, {"mask": "pupils", "mode": "heal"}),
    ("2253", "scratches, found by themselves", with_scratches, {"mode": "heal"}),
]
"""Of faces of nobody, and what is drawn on them first."""

FACES = ("2519", "2374", "2129")
IN_TURN: list[dict[str, Any]] = [
    {"face": "240,240", "dye": {"hair": "auburn"}},
    {"face": "720,240", "reshape": {"smile": 1.5}},
    {"face": "1200,240", "part": "teeth"},
]
"""Of three in one photo, from left to right."""


def plain(editor: Editor, number: str, words: str, wish: Wish) -> Shown:
    """A wish for a face of nobody."""
    given, photo = dict(wish), portrait(number)
    if "exemplar" in given:
        given["exemplar"] = portrait(given["exemplar"])
    return photo.pixels, editor(photo, **given).photo.pixels, words


def drawn(editor: Editor, number: str, words: str, draw: Callable[[Photo, Face], Photo], wish: Wish) -> Shown:
    """A wish for a face of nobody on which something is drawn."""
    photo = portrait(number)
    photo = draw(photo, editor.finder.find(photo)[0])
    return photo.pixels, editor(photo, **wish).photo.pixels, words


def pasted(editor: Editor) -> Shown:
    """An oval of another face, pasted roughly, as a guide."""
    photo, other, (x0, y0, x1, y1) = portrait(ONTO), portrait(PASTED), PLACE
    here, there = editor.finder.find(photo)[0].quad, editor.finder.find(other)[0].quad
    side = [round(float(np.linalg.norm(q[3] - q[0]))) for q in (here, there)]
    guide = np.zeros((photo.height, photo.width, 4), np.uint8)
    ys, xs = (np.arange(round((b - a) * side[0])) for a, b in ((y0, y1), (x0, x1)))
    rows = np.round(there.min(0)[1] + y0 * side[1] + ys * side[1] / side[0]).astype(int)
    columns = np.round(there.min(0)[0] + x0 * side[1] + xs * side[1] / side[0]).astype(int)
    top, left = round(float(here.min(0)[1]) + y0 * side[0]), round(float(here.min(0)[0]) + x0 * side[0])
    patch = other.pixels[rows[:, None], columns[None]]
    guide[top : top + len(ys), left : left + len(xs)] = np.dstack([patch, _oval(patch.shape[0], patch.shape[1])])
    share = guide[..., 3:].astype(np.float32) / 255
    rough = np.rint(share * guide[..., :3] + (1 - share) * photo.pixels).astype(np.uint8)
    made = editor(photo, guide=guide).photo.pixels
    return rough, made, "a rough paste, --guide"


def _oval(height: int, width: int) -> UInt8:
    """(height, width) of 255, softly ending, as an eraser leaves it."""
    ys, xs = ((np.arange(n) + 0.5) / n * 2 - 1 for n in (height, width))
    return np.rint(255 * np.clip((1 - np.hypot(ys[:, None], xs)) / 0.2, 0, 1)).astype(np.uint8)


def dragged(editor: Editor) -> Shown:
    """Points of the astronaut's face that are pulled."""
    photo = Photo(astronaut())
    points = editor.finder.find(photo)[0].landmarks
    pulls = [(points[i, 0], points[i, 1], points[i, 0], points[i, 1] - 5) for i in (105, 334)]
    made = editor(photo, drag=tuple(tuple(float(v) for v in one) for one in pulls)).photo.pixels
    return photo.pixels[:240, 105:345], made[:240, 105:345], "brows dragged up"


def in_turn(editor: Editor) -> Shown:
    """Several faces of one photo, each with a wish of its own, as a recipe file says."""
    photo = Photo(np.ascontiguousarray(np.hstack([square(portrait(one).pixels) for one in FACES])))
    return photo.pixels, editor.edit_in_turn(photo, IN_TURN).photo.pixels, "three faces, one recipe"


def further(editor: Editor) -> list[Shown]:
    """All of them but the faces in turn, which are wider."""
    shown = [plain(editor, *one) for one in PLAIN] + [drawn(editor, *one) for one in DRAWN]
    return [*shown, pasted(editor), dragged(editor)]
