"""What an edit needs besides photo and request: networks that look at faces, what is known already, a watch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np

from mien.align.crop import crop_face, quad_to_matrix
from mien.align.finder import FaceFinder
from mien.conditions.areas import Seen
from mien.conditions.parser import FaceParser
from mien.editing.cache import EditCache, digest
from mien.editing.timing import Stopwatch
from mien.errors import LayerError
from mien.guides.regions import region_matte
from mien.threads import side_by_side
from mien.types import AlignedFace, Face, Float32, Float64, Photo, UInt8

if TYPE_CHECKING:
    from mien.editing.identity import Identity

PARSED = 512
"""Largest side at which a crop is parsed; its labels are as smooth as they get."""


KEPT = 3_000_000
"""Most pixels of a photo whose mattes are kept for the next edit, 12 MB each, and all of whose faces are looked for."""


class FaceNetworks(Protocol):
    """Finder and parser, each loaded when it is first asked for; :class:`mien.editor.Editor` is one."""

    @property
    def finder(self) -> FaceFinder:
        """Finds faces."""

    @property
    def parser(self) -> FaceParser:
        """Finds regions."""


@dataclass(frozen=True, eq=False)
class ParsedCrop:
    """The crop at the side at which it was parsed: pixels (D, D, 3) uint8 sRGB, labels (D, D) uint8."""

    pixels: UInt8
    labels: UInt8


@dataclass(frozen=True, eq=False)
class EditContext:
    """Passed along with an edit.

    Attributes:
        networks: find faces and regions; none is loaded before it is asked for.
        cache: of former edits.
        watch: of this edit.
        sure: (H, W) float32 in [0, 1], what the user's guide has filled already; None where there is none.
        photo, quad: the photo, and the (4, 2) corners of the crop that is edited; None while there is none.
        before: the photo of which an edit's photo was made, where hair stayed as it was; its mattes hold.
        looked: by photo, whose samples stay what they are during an edit, what was found by looking at all of it: its
            hash, and its crops.
    """

    networks: FaceNetworks
    cache: EditCache = field(default_factory=EditCache)
    watch: Stopwatch = field(default_factory=Stopwatch)
    sure: Float32 | None = None
    photo: Photo | None = None
    quad: Float64 | None = None
    before: Photo | None = None
    looked: WeakKeyDictionary[Photo, dict[bytes, Any]] = field(default_factory=WeakKeyDictionary)

    @property
    def identity(self) -> Identity | None:
        """Tells people apart; None where the user has given nothing that does."""
        return getattr(self.networks, "identity", None)

    def of(self, photo: Photo, quad: Float64) -> EditContext:
        """The same for a crop of a photo."""
        return replace(self, photo=photo, quad=quad)

    def faces(self, photo: Photo) -> list[Face]:
        """All faces of a photo, largest first; found once."""
        finder = self.networks.finder
        return self.cache.get("faces", digest(self._hash(photo), finder.fingerprint), lambda: finder.find(photo))

    def largest(self, photo: Photo) -> list[Face]:
        """The largest face of a photo first; of a large photo, smaller ones may be missing. Found once.

        As :meth:`faces`, in a small part of the time where that face is large.
        """
        if photo.width * photo.height <= KEPT:
            return self.faces(photo)
        finder = self.networks.finder
        key = digest(self._hash(photo), finder.fingerprint)
        if self.cache.has("faces", key):
            return self.faces(photo)
        return self.cache.get("largest", key, lambda: finder.find(photo, largest=True))

    def matte(self, photo: Photo, face: Face, region: str) -> Float32:
        """The matte of a region, (H, W); of photos that are not too large for it, it is found once.

        Raises:
            LayerError: there is no such region.
        """
        parser = self.networks.parser
        photo = self.before if self.before is not None and region in ("hair", "beard") else photo
        if photo.width * photo.height > KEPT:
            return region_matte(photo, face, region, parser)
        key = digest(self._hash(photo), face.landmarks, region, parser.fingerprint)
        return self.cache.get("mattes", key, lambda: region_matte(photo, face, region, parser))

    def classes(self, pixels: UInt8) -> UInt8:
        """The classes (S, S) of a crop (S, S, 3); found once."""
        parser = self.networks.parser
        return self.cache.get("classes", digest(pixels, parser.fingerprint), lambda: parser.parse_crop(pixels))

    def parsed(self) -> ParsedCrop:
        """The regions of the crop; found once.

        Raises:
            LayerError: there is no photo.
        """
        if self.photo is None or self.quad is None:
            raise LayerError("There is no photo to find a region in; give layers.")
        known, place = self.looked.setdefault(self.photo, {}), self.quad.tobytes()
        found: ParsedCrop | None = known.get(place)
        if found is None:
            side = np.hypot(*(self.quad[3] - self.quad[0]))
            pixels = self.crop(self.photo, self.quad, int(np.clip(round(side), 128, PARSED))).pixels
            parser = self.networks.parser
            key = digest(pixels, parser.fingerprint)
            found = self.cache.get("labels", key, lambda: ParsedCrop(pixels, parser.parse_crop(pixels)))
            known[place] = found
        return found

    def crop(self, photo: Photo, quad: Float64, size: int, face: Face | None = None) -> AlignedFace:
        """A crop, as :func:`mien.align.crop.crop_face` cuts it; out of a photo that is not too large for it, once."""
        if photo.width * photo.height > KEPT:
            return crop_face(photo, quad, size, face)
        key = digest(self._hash(photo), photo.icc, quad, size)
        known = self.cache.get("crops", key, lambda: crop_face(photo, quad, size))
        return replace(known, pixels=known.pixels.copy(), face=face)

    def _hash(self, photo: Photo) -> bytes:
        """Of a photo's samples."""
        known = self.looked.setdefault(photo, {})
        if b"" not in known:
            rows = -(-photo.height // 4)
            parts = (photo.pixels[top : top + rows] for top in range(0, photo.height, rows))
            known[b""] = digest(photo.pixels.shape, *side_by_side(*(partial(digest, part) for part in parts)))
        found: bytes = known[b""]
        return found

    def face(self) -> Face | None:
        """The face that the crop was cut around; None where none is found there."""
        if self.photo is None or self.quad is None:
            return None
        side, middle = float(np.linalg.norm(self.quad[3] - self.quad[0])), self.quad.mean(0)
        for find in (self.largest, self.faces):  # the same for photos that are not large
            for one in find(self.photo):
                if np.abs(one.quad.mean(0) - middle).max() < 0.25 * side:
                    return one
        return None

    def seen(self, known: Face | None = None) -> Seen | None:
        """The crop's regions with its face's landmarks; None where no face is found in it.

        Args:
            known: the face, where it need not be looked for.

        Raises:
            LayerError: there is no photo.
        """
        parsed, face = self.parsed(), known or self.face()
        if face is None or self.quad is None:
            return None
        crop = AlignedFace(parsed.pixels, quad_to_matrix(self.quad, parsed.labels.shape[0]), (1, 1))
        return Seen.in_crop(face.landmarks, crop, parsed.labels)
