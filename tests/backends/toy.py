"""A backend that paints gray: what a new one has to bring."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from mien.backends.base import CropOptions
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.result import CropEdit
from mien.types import UInt8


@dataclass(frozen=True)
class Gray:
    level: int
    name: ClassVar[str] = "gray"
    kind: ClassVar[str] = "gray"
    size: ClassVar[int] = 64
    attributes: ClassVar[tuple[str, ...]] = ()
    reader: ClassVar[str] = ""

    @classmethod
    def load(cls, folder: Path, device: str, clip: str | Path | None) -> Gray:
        return cls(json.loads((folder / "config.json").read_text())["level"])

    def supports(self) -> frozenset[str]:
        return frozenset()

    def edit(
        self,
        images: Sequence[UInt8],
        conditions: Sequence[Conditions],
        options: Sequence[CropOptions],
        context: EditContext,
    ) -> list[CropEdit]:
        shares = np.ones((1, self.size, self.size), np.float32)
        painted = []
        for image, c in zip(images, conditions, strict=True):
            area = np.asarray(c.mask)[..., None] > 0
            painted.append(CropEdit(np.where(area, np.float32(self.level), image).astype(np.float32), shares))
        return painted

    def fingerprint(self) -> bytes:
        return bytes([self.level])

    def to(self, device: str, dtype: object = None) -> None: ...

    def save(self, folder: Path) -> None:
        (folder / "config.json").write_text(json.dumps({"kind": self.kind, "level": self.level}))
