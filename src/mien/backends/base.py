"""Who paints: the one interface behind the editor, the evaluation, and every family of models.

Legend: B crops of a batch, S side of a crop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.result import CropEdit as CropEdit
from mien.editing.result import CropOptions as CropOptions
from mien.types import Float32, UInt8

LARGEST_BATCH = 8
"""Crops that go through an editor's networks at once."""


class CropEditor(Protocol):
    """Edits aligned crops; the same crop gives the same result in every batch, within one level of 255.

    Attributes:
        name: for receipts and reports.
        kind: of its folder's ``config.json``, a key of :data:`mien.backends.BACKENDS`.
        size: S, side of the crops that it is given, pixels.
        attributes: names of the attributes that it knows.
        reader: name of the network that reads text for it; empty where there is none.
    """

    @property
    def name(self) -> str:
        """See the class."""

    @property
    def kind(self) -> str:
        """See the class."""

    @property
    def size(self) -> int:
        """See the class."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """See the class."""

    @property
    def reader(self) -> str:
        """See the class."""

    def supports(self) -> frozenset[str]:
        """Names of the modalities that change its results, besides the image and the mask."""

    def edit(
        self,
        images: Sequence[UInt8],
        conditions: Sequence[Conditions],
        options: Sequence[CropOptions],
        context: EditContext,
    ) -> list[CropEdit]:
        """Edits B crops at once.

        Args:
            images: B times (S, S, 3) uint8 sRGB.
            conditions: of side S, each with a mask.
            options: numbers of each edit.
            context: cache and stopwatch.

        Raises:
            ConfigError: something is asked for that it does not know.
        """

    def fingerprint(self) -> bytes:
        """Differs where results may differ: a hash of weights and precision, for caches."""

    def to(self, device: str, dtype: object = None) -> None:
        """Moves networks to a device; ``dtype`` (a ``torch.dtype``, None keeps it) is the precision they compute in.

        Raises:
            ConfigError: there is no such device, or it cannot compute so.
        """

    def save(self, folder: Path) -> None:
        """Writes what :data:`mien.backends.BACKENDS` can read.

        Raises:
            SaveError: the folder cannot be written.
        """


@runtime_checkable
class FaceGenerator(Protocol):
    """A crop editor that also makes faces without a photo."""

    def generate(self, conditions: Conditions, seed: int, weights: Float32 | None, context: EditContext) -> Float32:
        """A picture (S, S, 3) in [0, 255] out of conditions of side S alone, or of a seed."""


def in_batches(
    edit: Callable[[Sequence[UInt8], Sequence[Conditions], Sequence[CropOptions], EditContext], list[CropEdit]],
    images: Sequence[UInt8],
    conditions: Sequence[Conditions],
    options: Sequence[CropOptions],
    context: EditContext,
) -> list[CropEdit]:
    """What :meth:`CropEditor.edit` gives, ``LARGEST_BATCH`` crops at a time."""
    made: list[CropEdit] = []
    for start in range(0, len(images), LARGEST_BATCH):
        part = slice(start, start + LARGEST_BATCH)
        made += edit(images[part], conditions[part], options[part], context)
    return made
