"""Networks run by torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mien.checkpoints.fingerprint import fingerprint
from mien.checkpoints.parser import load_parser
from mien.checkpoints.perception import (
    load_border,
    load_chin,
    load_detector,
    load_landmarks,
    load_matte,
    load_reader,
    load_uncovered,
)
from mien.types import Float32

LOADERS: Mapping[str, Callable[[Path], nn.Module]] = {
    "face-detector": load_detector,
    "face-landmarks": load_landmarks,
    "face-parser": load_parser,
    "face-reader": load_reader,
    "hair-border": load_border,
    "hair-matte": load_matte,
    "shaven-chin": load_chin,
    "uncovered-eyes": load_uncovered,
}


class ModuleNetwork:
    """A module as a :class:`mien.engine.base.Network`.

    Args:
        module: in evaluation mode, with its configuration as ``config``; it may return a tensor or several.
    """

    def __init__(self, module: Any) -> None:
        self.module = module

    @property
    def config(self) -> Any:
        """Of the module."""
        return self.module.config

    def __call__(self, images: Float32) -> tuple[Float32, ...]:
        """See :class:`mien.engine.base.Network`."""
        first = next(self.module.parameters(), None)
        device = "cpu" if first is None else first.device
        with torch.inference_mode():
            batch = torch.from_numpy(images).to(device).contiguous(memory_format=torch.channels_last)
            outputs = self.module(batch)
            outputs = outputs if isinstance(outputs, tuple) else (outputs,)
            return tuple(one.float().cpu().numpy() for one in outputs)

    def weight(self, name: str) -> Float32:
        """See :class:`mien.engine.base.Network`."""
        array: Float32 = self.module.state_dict()[name].float().cpu().numpy()
        return array

    @cached_property
    def _fingerprint(self) -> bytes:
        return fingerprint(self.module)

    def fingerprint(self) -> bytes:
        """See :class:`mien.engine.base.Network`."""
        return self._fingerprint

    def to(self, device: str) -> ModuleNetwork:
        """The module itself is moved."""
        return ModuleNetwork(self.module.to(device))


def load_module(folder: Path, kind: str) -> ModuleNetwork:
    """A network out of a folder; errors as of :mod:`mien.checkpoints.perception`."""
    return ModuleNetwork(LOADERS[kind](folder))
