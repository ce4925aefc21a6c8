"""The bundled painter, whose networks are loaded when something is to be painted: moving pixels needs none of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.backends.base import CropOptions
from mien.checkpoints.store import load_config
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.directions import attribute_names
from mien.editing.result import CropEdit
from mien.packages import need_torch
from mien.types import Float32, UInt8

if TYPE_CHECKING:
    from mien.backends.facemug import Facemug


class PainterLater:
    """A :class:`mien.backends.facemug.Facemug` to come; what its folder tells of it is known before.

    Args:
        folder: of a whole editor.
        device: where it will be.
    """

    kind = "mien-editor"
    reader = ""

    def __init__(self, folder: Path, device: str) -> None:
        shape = load_config(folder, self.kind)["editor"]
        self.name, self.size = folder.name, int(shape["generator"]["resolution"])
        self.attributes = attribute_names(folder)
        self._reads = (*shape["aggregation"].get("names", ("sketch", "semantic", "color")), "exemplar")
        self._folder, self._device = folder, device

    @cached_property
    def painter(self) -> Facemug:
        """The painter.

        Raises:
            CheckpointError: it is damaged.
            ConfigError: torch is not installed.
        """
        need_torch("Painting")
        from mien.backends.facemug import Facemug

        return Facemug.load(self._folder, self._device)

    def __getattr__(self, name: str) -> Any:
        """Whatever else the painter has."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.painter, name)

    def supports(self) -> frozenset[str]:
        """See :class:`mien.backends.base.CropEditor`."""
        return frozenset({*self._reads, *(("attributes",) if self.attributes else ())} - {"image"})

    def edit(
        self,
        images: Sequence[UInt8],
        conditions: Sequence[Conditions],
        options: Sequence[CropOptions],
        context: EditContext,
    ) -> list[CropEdit]:
        """See :class:`mien.backends.base.CropEditor`."""
        return self.painter.edit(images, conditions, options, context)

    def generate(self, conditions: Conditions, seed: int, weights: Float32 | None, context: EditContext) -> Float32:
        """See :class:`mien.backends.base.FaceGenerator`."""
        return self.painter.generate(conditions, seed, weights, context)

    def fingerprint(self) -> bytes:
        """See :class:`mien.backends.base.CropEditor`."""
        return self.painter.fingerprint()

    def to(self, device: str, dtype: object = None) -> None:
        """See :class:`mien.backends.base.CropEditor`."""
        self._device = device
        if dtype is not None or "painter" in self.__dict__:
            self.painter.to(device, dtype)

    def save(self, folder: Path) -> None:
        """See :class:`mien.backends.base.CropEditor`."""
        self.painter.save(folder)
