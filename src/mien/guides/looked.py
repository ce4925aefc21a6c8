"""What the parser saw in the latest squares of photos, and the maps that were made of it during an edit.

Convention:
    Probabilities are (h, w) float32 in [0, 1].
"""

from __future__ import annotations

import hashlib
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any

from mien.align.crop import crop_face
from mien.conditions.parser import FaceParser
from mien.types import Float32, Float64, Photo

SIDE = 256
"""Pixels of a look."""

KEPT = 6
"""Latest looks that are kept, 5 MB each: all that one region takes."""

_EDIT: ContextVar[weakref.WeakKeyDictionary[Photo, dict[Any, Any]] | None] = ContextVar("edit", default=None)


@contextmanager
def unchanged_photos() -> Iterator[None]:
    """Within it photos' arrays are not written to: a square is cut out, and a map of a region made, only once."""
    before = _EDIT.set(weakref.WeakKeyDictionary())
    try:
        yield
    finally:
        _EDIT.reset(before)


def _known(photo: Photo) -> dict[Any, Any]:
    """What is known of a photo; outside of :func:`unchanged_photos` nothing is, and nothing is kept."""
    edit = _EDIT.get()
    return {} if edit is None else edit.setdefault(photo, {})


def maps_known(photo: Photo, how: tuple[Any, ...]) -> dict[str, Float32]:
    """Maps of a photo by group of classes, that were made in one way; more may be added, none written to."""
    maps: dict[str, Float32] = _known(photo).setdefault(how, {})
    return maps


class Looks:
    """What the parser saw in the latest squares of photos: several regions are looked for in one.

    A square is known again by all that the parser sees of it, so a photo whose array was written to is looked at anew.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, bytes], tuple[weakref.ref[FaceParser], Float32]] = OrderedDict()
        self._lock = Lock()

    def shares(self, photo: Photo, quad: Float64, parser: FaceParser) -> Float32:
        """(19, SIDE, SIDE) probabilities of the classes in a square of a photo; not to be written to."""
        known, place = _known(photo), (id(parser), quad.tobytes())
        if place not in known:
            known[place] = self._shares(photo, quad, parser)
        shares: Float32 = known[place]
        return shares

    def _shares(self, photo: Photo, quad: Float64, parser: FaceParser) -> Float32:
        seen = crop_face(photo, quad, SIDE).pixels
        key = id(parser), hashlib.blake2b(seen.tobytes()).digest()
        with self._lock:
            found = self._kept.get(key)
        if found is not None and found[0]() is parser:
            return found[1]
        shares = parser.shares(seen)
        with self._lock:
            self._kept[key] = weakref.ref(parser), shares
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return shares


LOOKED = Looks()
"""Shared by all edits."""
