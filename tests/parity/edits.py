"""Fixed edits of scikit-image's astronaut with the bundled editor, compared with stored ones by tests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import numpy as np
import torch
from skimage.data import astronaut

from mien import Editor
from mien.types import UInt8


def _dyed() -> UInt8:
    image = np.zeros((*astronaut().shape[:2], 4), np.uint8)
    image[...] = (112, 48, 32, 255)
    return image


EDITS: dict[str, Callable[[Editor, UInt8], UInt8]] = {
    "hair, colour, own lines": lambda e, p: e(p, mask="hair", color=_dyed(), sketch="self").photo.pixels,
    "eyes, seed": lambda e, p: e(p, mask="eyes", seed=3, mode="look").photo.pixels,
    "mouth, attribute": lambda e, p: e(p, mask="mouth", attributes={"smile": 1.0}, mode="look").photo.pixels,
    "face, map and look of its own": lambda e, p: e(p, mask="face", semantic="self", exemplar="self").photo.pixels,
    "nose, weights, strength": lambda e, p: (
        e(p, mask="nose", sketch="self", weights={"sketch": 2.0}, strength=0.7).photo.pixels
    ),
    "nobody": lambda e, p: e.generate(seed=5).pixels,
}


def pictures() -> Iterator[tuple[str, UInt8]]:
    """Name and samples of every edit, by one thread: sums in another order have other last bits."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        editor, photo = Editor.from_pretrained(), astronaut()
        for name, edit in EDITS.items():
            yield name, edit(editor, photo)
    finally:
        torch.set_num_threads(threads)


def digest(pixels: UInt8) -> str:
    """SHA-256 of shape and samples."""
    return hashlib.sha256(repr(pixels.shape).encode() + np.ascontiguousarray(pixels).tobytes()).hexdigest()
