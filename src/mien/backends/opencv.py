"""OpenCV's inpainting: continues what surrounds the mask, without any network. A baseline, and good for wrinkles.

Legend: S side of a crop, any.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np

from mien.backends.base import CropOptions
from mien.checkpoints.store import CONFIG
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.result import CropEdit
from mien.errors import ConfigError, UnknownCheckpointError
from mien.files import atomic_path
from mien.types import UInt8

METHODS: Mapping[str, int] = {"telea": cv2.INPAINT_TELEA, "navier-stokes": cv2.INPAINT_NS}

RADIUS = 3 / 128
"""Neighborhood, in sides of the crop."""


@dataclass(frozen=True)
class OpenCVInpainting:
    """Looks at the image and the mask alone.

    Attributes:
        method: "telea" (Telea, 2004) or "navier-stokes" (Bertalmio et al., 2001).
        size: side of the crops that an editor cuts out for it; :meth:`edit` takes any.
    """

    method: str = "telea"
    size: int = 256
    kind: ClassVar[str] = "opencv"
    attributes: ClassVar[tuple[str, ...]] = ()
    reader: ClassVar[str] = ""

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise UnknownCheckpointError(f"OpenCV has no '{self.method}' inpainting; choose {' or '.join(METHODS)}.")
        if not isinstance(self.size, int) or not 16 <= self.size <= 4096:
            raise ConfigError(f"The side of the crops is {self.size!r}; give 16 to 4096 pixels.")

    @classmethod
    def load(cls, folder: Path, clip: str | Path | None = None) -> OpenCVInpainting:
        """From a folder that :meth:`save` wrote, or the name of a method.

        Raises:
            UnknownCheckpointError: neither.
            ConfigError: a network that reads text is given.
        """
        if clip is not None:
            raise ConfigError(f"OpenCV's inpainting reads no text; leave out the CLIP {clip}.")
        if not (folder / CONFIG).is_file():
            return cls(str(folder))
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        return cls(str(config.get("method")), config.get("size", cls.size))

    @property
    def name(self) -> str:
        """For receipts."""
        return f"{self.kind}:{self.method}"

    def supports(self) -> frozenset[str]:
        """Nothing besides image and mask."""
        return frozenset()

    def edit(
        self,
        images: Sequence[UInt8],
        conditions: Sequence[Conditions],
        options: Sequence[CropOptions],
        context: EditContext,
    ) -> list[CropEdit]:
        """See :class:`mien.backends.base.CropEditor`; there is no chance in it, so that seeds change nothing."""
        with context.watch("inpainting"):
            return [self._edit(*given) for given in zip(images, conditions, options, strict=True)]

    def _edit(self, image: UInt8, conditions: Conditions, options: CropOptions) -> CropEdit:
        assert conditions.mask is not None, "an edit needs a mask"
        area = conditions.mask > 0
        hidden = np.where(area[..., None], np.uint8(0), image)
        filled = cv2.inpaint(hidden, area.astype(np.uint8), RADIUS * len(image), METHODS[self.method])
        before = image.astype(np.float32)
        weight = np.float32(options.strength) * area[..., None]
        shares = np.ones((1, *area.shape), np.float32)
        return CropEdit((before + weight * (filled - before)).astype(np.float32), shares)

    def fingerprint(self) -> bytes:
        """Of its description."""
        return f"{self.name}, OpenCV {cv2.__version__}".encode()

    def to(self, device: str, dtype: object = None) -> None:
        """Runs on the CPU, in bytes, whatever is asked for."""

    def save(self, folder: Path) -> None:
        """See :class:`mien.backends.base.CropEditor`."""
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_path(folder / CONFIG) as path:
            path.write_text(json.dumps({"kind": self.kind, "method": self.method, "size": self.size}) + "\n")
