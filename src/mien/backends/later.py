"""The bundled painter, whose networks are loaded when something is to be painted: moving pixels needs none of them.

ONNX Runtime runs it on the CPU; torch does where somebody asks for torch, another device, or another precision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.backends.base import CropOptions
from mien.checkpoints.store import load_config
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.directions import attribute_names
from mien.editing.result import CropEdit
from mien.engine import engine_of, runs_graphs
from mien.packages import need_torch
from mien.types import Float32, UInt8

if TYPE_CHECKING:
    from mien.backends.facemug import Facemug
    from mien.backends.graphs import GraphFacemug

NAMES = ("image", "sketch", "semantic", "color")


class PainterLater:
    """A painter to come; what its folder tells of it is known before.

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
        self._names = tuple(shape["aggregation"].get("names", NAMES))
        self._folder, self._device, self._precise = folder, device, False
        self._engine = engine_of(folder)

    @cached_property
    def module(self) -> Facemug:
        """The painter as torch runs it.

        Raises:
            CheckpointError: it is damaged.
            ConfigError: torch is not installed.
        """
        need_torch("Painting in torch")
        from mien.backends.facemug import Facemug

        return Facemug.load(self._folder, self._device)

    @cached_property
    def _graphs(self) -> GraphFacemug:
        from mien.backends.graphs import GraphFacemug

        return GraphFacemug(self._folder, self._names, self._engine)

    @property
    def _painter(self) -> Facemug | GraphFacemug:
        graphs = runs_graphs(self._engine) and self._device == "cpu" and not self._precise
        return self._graphs if graphs else self.module

    @property
    def windows(self) -> Any:
        """What paints parts again at the photo's scale, see :mod:`mien.backends.windows`; None to do without."""
        return getattr(self._painter, "windows", None)

    def __getattr__(self, name: str) -> Any:
        """Whatever else torch's painter has."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.module, name)

    def supports(self) -> frozenset[str]:
        """See :class:`mien.backends.base.CropEditor`."""
        return frozenset({*self._names, "exemplar", *(("attributes",) if self.attributes else ())} - {"image"})

    def edit(
        self,
        images: Sequence[UInt8],
        conditions: Sequence[Conditions],
        options: Sequence[CropOptions],
        context: EditContext,
    ) -> list[CropEdit]:
        """See :class:`mien.backends.base.CropEditor`."""
        return self._painter.edit(images, conditions, options, context)

    def generate(self, conditions: Conditions, seed: int, weights: Float32 | None, context: EditContext) -> Float32:
        """See :class:`mien.backends.base.FaceGenerator`."""
        return self._painter.generate(conditions, seed, weights, context)

    def before_and_after(self, image: UInt8, attributes: Mapping[str, float]) -> tuple[UInt8, UInt8]:
        """See :class:`mien.editing.differences.Pictures`."""
        return self._graphs.before_and_after(image, attributes)

    def fingerprint(self) -> bytes:
        """See :class:`mien.backends.base.CropEditor`."""
        return self._painter.fingerprint()

    def to(self, device: str, dtype: object = None) -> None:
        """See :class:`mien.backends.base.CropEditor`."""
        self._device = device
        self._precise = self._precise or dtype is not None
        if dtype is not None or "module" in self.__dict__:
            self.module.to(device, dtype)

    def save(self, folder: Path) -> None:
        """See :class:`mien.backends.base.CropEditor`."""
        self.module.save(folder)
