"""What an edit needs besides photo and request: networks that look at faces, what is known already, a watch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from mien.align.crop import crop_face
from mien.align.finder import FaceFinder
from mien.conditions.parser import FaceParser
from mien.editing.cache import EditCache, digest
from mien.editing.timing import Stopwatch
from mien.types import Face, Float64, Photo, UInt8

PARSED = 512
"""Largest side at which a crop is parsed; its labels are as smooth as they get."""


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
        networks: find faces and regions.
        cache: of former edits.
        watch: of this edit.
    """

    networks: FaceNetworks
    cache: EditCache = field(default_factory=EditCache)
    watch: Stopwatch = field(default_factory=Stopwatch)

    @property
    def finder(self) -> FaceFinder:
        """Finds faces."""
        return self.networks.finder

    @property
    def parser(self) -> FaceParser:
        """Finds regions."""
        return self.networks.parser

    def faces(self, photo: Photo) -> list[Face]:
        """All faces of a photo, largest first; found once."""
        key = digest(photo.pixels, self.finder.fingerprint)
        return self.cache.get("faces", key, lambda: self.finder.find(photo))

    def parsed(self, photo: Photo, quad: Float64) -> ParsedCrop:
        """The regions of the crop with (4, 2) corners in a photo; found once."""
        side = np.hypot(*(quad[3] - quad[0]))
        pixels = crop_face(photo, quad, int(np.clip(round(side), 128, PARSED))).pixels
        key = digest(pixels, self.parser.fingerprint)
        return self.cache.get("labels", key, lambda: ParsedCrop(pixels, self.parser.parse_crop(pixels)))
