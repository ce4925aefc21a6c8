"""MM2Latent on photos: a crop is inverted, and its code moved by the difference of what two sets of conditions map to.

    w' = w_inv + s·(f(edited drawings) − f(the photo's own)) + s·(f(words) − f(the same numbers of the photo))

Words are mapped without the photo's map, which would hold them back. The photo takes over what the two pictures of the
generator differ by; where a map or a sketch was repainted, the new picture itself, in the photo's tone. Expressions go
further on the photo itself (:mod:`mien.backends.expressions`).

Legend: B crops, S side of a crop, L W+ codes, C length of a code.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien.backends.base import CropOptions
from mien.backends.encoding import Invert, encoder_of
from mien.backends.expressions import ENOUGH, EXPRESSION, FURTHER, expressed
from mien.checkpoints.store import load_config
from mien.compose.differences import Region, carried
from mien.conditions.labels import INDEX, UNKNOWN
from mien.conditions.lines import sketch_of
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.result import CropEdit
from mien.engine import Network, load_landmarks
from mien.engine.mapping import KIND, Wanted, check_codes
from mien.errors import ConfigError
from mien.finding.face_reader import FaceReader
from mien.generation.agreement import Asked, missing
from mien.generation.generator import MultimodalGenerator
from mien.generation.sentences import numbers_of, understood
from mien.guides.shapes import Shapes
from mien.models.perception.config import LandmarkConfig
from mien.pixels import to_planes
from mien.types import Bool, Float32, UInt8

ALIKE = 20.0
"""Levels by which two pictures of the generator may differ where the photo's detail is kept by a third."""

STILL = 1.0
"""Pixels of the crop, below which nothing has moved: all of the photo's fine detail stays where it is."""

TONE, GROWN = 6.0, 3.0
"""Standard deviations, pixels: of the photo's tone where a new picture is laid on it, and of the rim of what is new."""


def _region(sigma: float, *names: str) -> Region:
    return Region(tuple(INDEX[name] for name in names), sigma)


FACE = {
    "hair": _region(3.0, "hair"),
    "skin": _region(3.0, "skin", "nose", "left_ear", "right_ear", "neck"),
    "brow": _region(1.2, "left_brow", "right_brow"),
    "eye": _region(1.0, "left_eye", "right_eye"),
    "lip": _region(1.5, "upper_lip", "lower_lip"),
    "mouth": _region(1.0, "mouth"),
}
"""What words change, by the beginning of the names of numbers that are its color."""

OTHERS = {name: _region(3.0, label) for name, label in (("background", "background"), ("clothes", "cloth"))}
"""What words change only if they speak of it."""


@dataclass(frozen=True, eq=False)
class Wish:
    """What one crop is moved by.

    Attributes:
        drawn: the photo's map and lines, and the edited ones; None where nothing was drawn.
        told: the photo's numbers, and what words ask for; None without words.
        labels: (S, S) of the photo.
        new: (S, S) where something was repainted.
        moves: degrees of expressions that words ask for, and for nothing else.
        regions: that words may change.
    """

    drawn: tuple[Wanted, Wanted] | None
    told: tuple[Wanted, Wanted] | None
    labels: UInt8
    new: Bool
    regions: tuple[Region, ...] = tuple(FACE.values())
    moves: Mapping[str, float] = field(default_factory=dict)


class LatentMover:
    """Global edits in a few milliseconds: of maps, sketches and words. See :class:`mien.backends.base.CropEditor`.

    Args:
        folder: of a mapping network.
        invert: photos to codes; None takes the bundled editor's encoder, whose generator has nearly the same codes as
            the bundled generator.
    """

    kind = KIND
    attributes: tuple[str, ...] = ()

    def __init__(self, folder: Path, invert: Invert | None = None) -> None:
        self.folder, self.name = folder, folder.name
        self.generator = MultimodalGenerator.from_pretrained(folder)
        self.reader = "the words of mien" if self.generator.scale.names else ""
        self.size = int(self.generator.pictures(self.generator.codes([Wanted()], [0]))[0].width)
        if invert is not None:
            self.invert = invert

    @cached_property
    def invert(self) -> Invert:
        """Looked for when a photo is encoded: codes of a file need none."""
        return encoder_of(self.folder)

    @cached_property
    def looks(self) -> FaceReader:
        """Reads the photo's own numbers."""
        return FaceReader.bundled()

    @cached_property
    def landmarks(self) -> Network[LandmarkConfig]:
        """Tells how a face moves."""
        return load_landmarks()

    def supports(self) -> frozenset[str]:
        """Maps, sketches and words."""
        return frozenset({"semantic", "sketch", "text"})

    def start_from(self, codes: Float32) -> None:
        """Takes codes (L, C) of ``mien invert`` for every crop, in place of the encoder's.

        Raises:
            ConfigError: they are of a generator of another size.
        """
        check_codes(codes, self.generator.mapper.config, self.name)
        self.invert = lambda crops: np.repeat(codes[None], len(crops), 0)

    def edit(
        self,
        images: Sequence[UInt8],
        conditions: Sequence[Conditions],
        options: Sequence[CropOptions],
        context: EditContext,
    ) -> list[CropEdit]:
        """See :class:`mien.backends.base.CropEditor`."""
        with context.watch("inversion"):
            codes = self.invert(np.stack(images))
        with context.watch("mapping"):
            wishes = [self.wish(*given, context) for given in zip(images, conditions, strict=True)]
            moves = np.stack([self._moved(wish, one.seed) for wish, one in zip(wishes, options, strict=True)])
        strength = np.array([one.strength for one in options], np.float32)[:, None, None]
        with context.watch("generator"):
            pairs = list(zip(*(self._pictures(one) for one in (codes, codes + strength * moves)), strict=True))
        with context.watch("blend"):
            return [self._laid(*three, context) for three in zip(images, pairs, wishes, strict=True)]

    def _moved(self, wish: Wish, seed: int) -> Float32:
        """What the code is moved by, (L, C)."""
        pairs = [pair for pair in (wish.drawn, wish.told) if pair is not None]
        if not pairs:
            config = self.generator.mapper.config
            return np.zeros((config.codes, config.w_dim), np.float32)
        mapped = [self.generator.codes(list(pair), [seed, seed]) for pair in pairs]
        return np.asarray(sum(after - before for before, after in mapped), np.float32)

    def _laid(self, image: UInt8, pair: tuple[UInt8, UInt8], wish: Wish, context: EditContext) -> CropEdit:
        parser = context.networks.parser
        before, after = (parser.parse_crop(one) for one in pair)
        points = (self._points(image), self._points(pair[0]), self._points(pair[1]))
        flat = points[0][:, :2], points[1][:, :2], points[2][:, :2]
        given = image, pair, (wish.labels, before, after), flat, wish.regions
        result, way = carried(*given, expressed(points, wish.moves, 0.0) if wish.moves else None)
        for further in FURTHER if wish.moves else ():
            if self._missed(wish, result) < ENOUGH:
                break
            result, way = carried(*given, expressed(points, wish.moves, further))
        shares = np.ones((1, self.size, self.size), np.float32)
        if not wish.new.any():
            return CropEdit(result, shares, detail=way < STILL)
        share = cv2.GaussianBlur(cv2.dilate(wish.new.astype(np.float32), np.ones((7, 7))), (0, 0), GROWN)[..., None]
        return CropEdit((result + share * (kept(image, *pair) - result)).astype(np.float32), shares)

    def _missed(self, wish: Wish, result: Float32) -> float:
        """Standard deviations by which a photo (S, S, 3) misses what words ask for."""
        assert wish.told is not None
        make = self.generator
        asked = Asked.of([wish.told[1]], make.mapper.config, make.scale)
        seen = make.scale.scaled(make.feedback.look.numbers(np.clip(np.rint(result), 0, 255).astype(np.uint8)[None]))
        return float((asked.weights * missing(np, seen, asked)).sum())

    def wish(self, image: UInt8, conditions: Conditions, context: EditContext) -> Wish:
        """What is asked of a crop; poses and shapes are not known here."""
        labels = context.networks.parser.parse_crop(image)
        wanted, known, edited = labels, Wanted(), Wanted()
        new = np.zeros(labels.shape, np.bool_)
        if conditions.semantic is not None:
            wanted = np.where(conditions.semantic == UNKNOWN, labels, conditions.semantic)
            new |= wanted != labels
        if conditions.sketch is not None:
            lines = sketch_of(to_planes(image[None]))
            inside = np.ones(lines.shape, np.bool_) if conditions.mask is None else conditions.mask > 0
            drawn = np.where(inside, conditions.sketch, lines)
            new |= drawn != lines
            known, edited = (replace(one, sketch=self._lines(x)) for one, x in ((known, lines), (edited, drawn)))
        known, edited = (replace(one, semantic=self._shares(x)) for one, x in ((known, labels), (edited, wanted)))
        found = Wish((known, edited) if new.any() else None, None, labels, new)
        return self._worded(image, conditions.text, found) if conditions.text else found

    def _worded(self, image: UInt8, text: str, wish: Wish) -> Wish:
        """What the reader sees of what the words speak of, and what they ask for."""
        scale = self.generator.scale
        asked = numbers_of(understood(text), scale, (self.looks.mean, self.looks.spread))
        if not asked:
            raise ConfigError(f"Nothing of '{text}' is known to {self.name}; try 'old', 'smiling', 'black hair'.")
        seen = self.looks.of_crops([image])[0].values
        there = {name: float(seen[name]) for name in asked}
        told = (Wanted(text=scale.vector(there)), Wanted(text=scale.vector(asked)))
        moves = {
            one.attribute: one.degree for one in understood(text).wishes if one.attribute in Shapes.bundled().moves
        }
        return replace(wish, told=told, regions=spoken_of(asked), moves=moves if set(asked) <= EXPRESSION else {})

    def _shares(self, labels: Any) -> Float32:
        return self.generator.shares_of(labels)

    def _lines(self, lines: Any) -> Float32:
        return self.generator.lines_of(lines)

    def _points(self, image: UInt8) -> Float32:
        """Landmarks (478, 3), pixels."""
        side = self.landmarks.config.size
        large = cv2.resize(image, (side, side), interpolation=cv2.INTER_LINEAR)
        found = self.landmarks(to_planes(large[None]))[0][0]
        return np.asarray((found + (1, 1, 0)) / 2 * self.size, np.float32)

    def _pictures(self, codes: Float32) -> list[UInt8]:
        return [one.pixels.astype(np.uint8) for one in self.generator.pictures(codes)]

    def fingerprint(self) -> bytes:
        """Of the weights."""
        return str(load_config(self.folder, KIND)["sha256"]).encode()

    def to(self, device: str, dtype: object = None) -> None:
        """Runs on the CPU.

        Raises:
            ConfigError: another device is asked for.
        """
        if str(device) != "cpu":
            raise ConfigError(f"{self.name} runs on the CPU; leave out the device {device}.")

    def save(self, folder: Path) -> None:
        """Copies the folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)


def spoken_of(names: Collection[str]) -> tuple[Region, ...]:
    """Regions that may change for numbers: those of their colors alone, or all of the face and what they color."""
    if names and set(names) <= EXPRESSION:
        return (replace(FACE["skin"], level=False), *(FACE[name] for name in ("brow", "eye", "lip", "mouth")))
    colored = {name[:-2] for name in names if name[-2:] in ("-L", "-a", "-b")}
    face = set(FACE) if any(name[-2:] not in ("-L", "-a", "-b") for name in names) else set()
    return tuple(region for name, region in (FACE | OTHERS).items() if name in colored | face)


def kept(image: UInt8, old: UInt8, new: UInt8) -> Float32:
    """The new picture in the photo's tone, with what the old one lacks of the photo where both agree.

    All are (S, S, 3), the result in [0, 255].
    """
    before, after = old.astype(np.float32), new.astype(np.float32)
    tone = cv2.GaussianBlur(image.astype(np.float32) - before, (0, 0), TONE)
    apart = np.abs(after - before).mean(2, keepdims=True)
    share = np.exp(-np.square(apart / ALIKE))
    result: Float32 = np.clip(after + tone + share * (image - before - tone), 0, 255).astype(np.float32)
    return result
