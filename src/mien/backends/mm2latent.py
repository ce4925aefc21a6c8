"""MM2Latent on photos: a crop is inverted, and its code moved by the difference of what two sets of conditions map to.

    w' = w_inv + s·(f(edited conditions) − f(the photo's own))

The photo's detail stays where both pictures of the generator agree.

Legend: B crops, S side of a crop, L W+ codes, C length of a code.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mien.backends.base import CropOptions
from mien.checkpoints.hub import DEFAULT as EDITOR
from mien.checkpoints.store import BUNDLED, load_config
from mien.conditions.labels import UNKNOWN
from mien.conditions.lines import sketch_of
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.result import CropEdit
from mien.engine.mapping import KIND, Wanted
from mien.engine.painting import PaintingGraphs
from mien.errors import ConfigError
from mien.finding.face_reader import FaceReader
from mien.generation.generator import MultimodalGenerator
from mien.generation.sentences import numbers_of, understood
from mien.pixels import to_planes
from mien.types import Float32, UInt8

ALIKE = 20.0
"""Levels by which two pictures of the generator may differ where the photo's detail is kept by a third."""

Invert = Callable[[UInt8], Float32]
"""Crops (B, S, S, 3) -> codes (B, L, C) of the mapping network's generator."""


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
        self.invert = _encoder(folder) if invert is None else invert

    @cached_property
    def looks(self) -> FaceReader:
        """Reads the photo's own numbers."""
        return FaceReader.bundled()

    def supports(self) -> frozenset[str]:
        """Maps, sketches and words."""
        return frozenset({"semantic", "sketch", "text"})

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
            pairs = [self.both(*given, context) for given in zip(images, conditions, strict=True)]
            seeds = [one.seed for one in options]
            before, after = (self.generator.codes([pair[k] for pair in pairs], seeds) for k in (0, 1))
        strength = np.array([one.strength for one in options], np.float32)[:, None, None]
        with context.watch("generator"):
            old, new = (self._pictures(one) for one in (codes, codes + strength * (after - before)))
        shares = np.ones((1, self.size, self.size), np.float32)
        return [CropEdit(kept(*three), shares) for three in zip(images, old, new, strict=True)]

    def both(self, image: UInt8, conditions: Conditions, context: EditContext) -> tuple[Wanted, Wanted]:
        """The photo's conditions and the edited ones, of the same kinds; poses and shapes are not known here."""
        known, edited = Wanted(), Wanted()
        labels = context.networks.parser.parse_crop(image)
        wanted = labels.copy()
        if conditions.semantic is not None:
            wanted = np.where(conditions.semantic == UNKNOWN, labels, conditions.semantic)
        known, edited = replace(known, semantic=self._shares(labels)), replace(edited, semantic=self._shares(wanted))
        if conditions.sketch is not None:
            lines = sketch_of(to_planes(image[None]))
            inside = np.ones(lines.shape, np.bool_) if conditions.mask is None else conditions.mask > 0
            drawn = np.where(inside, conditions.sketch, lines)
            known, edited = (replace(one, sketch=self._lines(x)) for one, x in ((known, lines), (edited, drawn)))
        if conditions.text:
            known, edited = self._worded(image, conditions.text, known, edited)
        return known, edited

    def _worded(self, image: UInt8, text: str, known: Wanted, edited: Wanted) -> tuple[Wanted, Wanted]:
        """What the reader sees of what the words speak of, and what they ask for."""
        scale = self.generator.scale
        asked = numbers_of(understood(text), scale, (self.looks.mean, self.looks.spread))
        if not asked:
            raise ConfigError(f"Nothing of '{text}' is known to {self.name}; try 'old', 'smiling', 'black hair'.")
        seen = self.looks.of_crops([image])[0].values
        there = {name: float(seen[name]) for name in asked}
        return replace(known, text=scale.vector(there)), replace(edited, text=scale.vector(asked))

    def _shares(self, labels: Any) -> Float32:
        return self.generator.shares_of(labels)

    def _lines(self, lines: Any) -> Float32:
        return self.generator.lines_of(lines)

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


def kept(image: UInt8, old: UInt8, new: UInt8) -> Float32:
    """The new picture, with what the old one lacks of the photo where both agree: (S, S, 3) in [0, 255]."""
    before, after = old.astype(np.float32), new.astype(np.float32)
    apart = np.abs(after - before).mean(2, keepdims=True)
    share = np.exp(-np.square(apart / ALIKE))
    result: Float32 = np.clip(after + share * (image - before), 0, 255).astype(np.float32)
    return result


def _encoder(folder: Path) -> Invert:
    """The bundled editor's encoder.

    Raises:
        ConfigError: the network is of another generator than the bundled one.
    """
    if load_config(folder, KIND).get("generator") != "portrait-generator":
        raise ConfigError(f"{folder.name} maps to another generator, for which no encoder of photos is known here.")
    graphs = PaintingGraphs(BUNDLED / EDITOR)

    def encode(crops: UInt8) -> Float32:
        planes = to_planes(crops)
        layers = np.zeros((len(planes), graphs.layers, *planes.shape[2:]), np.float32)
        layers[:, :3] = planes
        return graphs.codes(layers)

    return encode
