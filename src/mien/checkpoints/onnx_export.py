"""Generators as ONNX graphs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from mien.errors import ConfigError
from mien.files import atomic_path
from mien.models.stylegan2 import Generator
from mien.quiet import without_warnings

OPSET = 17


def export_onnx(generator: Generator, path: Path, space: Literal["z", "w+"] = "w+") -> None:
    """Writes a graph with noise as an input and a free batch size.

    Inputs are ``w_plus`` (B, L, C), or ``z`` (B, Z) and ``psi`` (scalar) that truncates towards the mean of w; and
    ``noise_0`` ... (1 or B, 1, R, R), one map per convolution. The output is ``picture`` (B, 3, R, R) in [-1, 1].

    Args:
        generator: what to export.
        path: the ``.onnx`` file.
        space: where the graph begins.

    Raises:
        ConfigError: the package onnx is missing.
        SaveError: the file cannot be written.
    """
    try:
        import onnx  # noqa: F401
    except ImportError as error:
        raise ConfigError("Exporting to ONNX needs the package onnx; install mien[export].") from error
    config = generator.config
    noises = [torch.zeros(1, 1, side, side) for side in config.noises]
    starts = {
        "z": {"z": torch.zeros(2, config.z_dim), "psi": torch.tensor(0.7)},
        "w+": {"w_plus": torch.zeros(2, config.codes, config.w_dim)},
    }[space]
    names = [*starts, *(f"noise_{index}" for index in range(len(noises)))]
    free = {name: {0: "batch"} for name in names if name in ("z", "w_plus")} | {"picture": {0: "batch"}}
    free |= {name: {0: f"{name}_batch"} for name in names if name.startswith("noise_")}
    graph = _FromZ(generator) if space == "z" else _FromCodes(generator)
    # The tracing exporter is deprecated but needs no further packages; it warns about every shape it freezes.
    with atomic_path(path) as temporary, without_warnings():
        torch.onnx.export(
            graph.eval(),
            (*starts.values(), *noises),
            str(temporary),
            dynamo=False,
            opset_version=OPSET,
            input_names=names,
            output_names=["picture"],
            dynamic_axes=free,
        )


class _FromCodes(nn.Module):
    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, w_plus: Tensor, *noises: Tensor) -> Tensor:
        picture: Tensor = self.generator.synthesis(w_plus, noises)
        return picture


class _FromZ(nn.Module):
    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, z: Tensor, psi: Tensor, *noises: Tensor) -> Tensor:
        centre = self.generator.mapping.w_avg
        w_plus = self.generator.broadcast(self.generator.mapping(z))
        picture: Tensor = self.generator.synthesis(centre + psi * (w_plus - centre), noises)
        return picture
