"""What runs the networks that look at faces: arrays go in, arrays come out, and nobody above knows which engine it is.

Two engines, one source of weights: ``onnx`` runs the graphs that come with mien in ONNX Runtime, without torch;
``torch`` runs the modules that the graphs were exported from, on any device, and folders that have no graph.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from mien.checkpoints.store import BUNDLED
from mien.engine.base import Network as Network
from mien.errors import ConfigError
from mien.models.perception.config import (
    BorderConfig,
    ChinConfig,
    DetectorConfig,
    LandmarkConfig,
    MatteConfig,
    NetworkConfig,
    ParserConfig,
    ReaderConfig,
    UncoverConfig,
)
from mien.packages import need_torch

PROVIDERS: Mapping[str, str] = {
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "webgpu": "WebGpuExecutionProvider",
}
"""What ONNX Runtime may compute on besides the CPU, by the name behind ``onnx:``; another package brings each."""

COMPILED = "torch:compile"
"""torch, and painting goes through torch.compile, see :mod:`mien.backends.compiled`."""

ENGINES = ("onnx", "torch", COMPILED, *(f"onnx:{name}" for name in PROVIDERS))
VARIABLE = "MIEN_ENGINE"
"""In the environment; ``mien --engine`` sets it."""

Config = TypeVar("Config", bound=NetworkConfig)


def load_detector(folder: Path = BUNDLED / "face-detector", engine: str | None = None) -> Network[DetectorConfig]:
    """The face detector: pictures (B, 3, 8 h, 8 w) -> maps (B, 6, h, w).

    Args:
        folder: that mien saved.
        engine: one of :data:`ENGINES`; None for what fits.

    Raises:
        CheckpointError: the folder is missing, damaged, or holds something else.
        ConfigError: there is no such engine, or a package is missing.
    """
    return _load(folder, "face-detector", DetectorConfig, engine)


def load_landmarks(folder: Path = BUNDLED / "face-landmarks", engine: str | None = None) -> Network[LandmarkConfig]:
    """The landmark network: crops (B, 3, S, S) -> points (B, 478, 3), presence logits (B,); errors as above."""
    return _load(folder, "face-landmarks", LandmarkConfig, engine)


def load_parser(folder: Path = BUNDLED / "face-parser", engine: str | None = None) -> Network[ParserConfig]:
    """The face parser: aligned faces (B, 3, S, S) -> logits (B, 19, S, S); errors as above."""
    return _load(folder, "face-parser", ParserConfig, engine)


def load_matte(folder: Path = BUNDLED / "hair-matte", engine: str | None = None) -> Network[MatteConfig]:
    """The hair matte: pictures and probabilities (B, 6, 32 h, 32 w) -> logits (B, 1, 32 h, 32 w); errors as above."""
    return _load(folder, "hair-matte", MatteConfig, engine)


def load_reader(folder: Path = BUNDLED / "face-reader", engine: str | None = None) -> Network[ReaderConfig]:
    """The face reader: aligned faces (B, 3, S, S) -> numbers (B, K); errors as above."""
    return _load(folder, "face-reader", ReaderConfig, engine)


def load_uncovered(folder: Path = BUNDLED / "uncovered-eyes", engine: str | None = None) -> Network[UncoverConfig]:
    """Behind glasses: planes (B, 11, 16 h, 16 w) -> differences and logits (B, 4, 16 h, 16 w); errors as above."""
    return _load(folder, "uncovered-eyes", UncoverConfig, engine)


def load_border(folder: Path = BUNDLED / "hair-border", engine: str | None = None) -> Network[BorderConfig]:
    """The border of dyed hair: planes (B, 15, 192, 192) -> what is lacking (B, 4, 192, 192); errors as above."""
    return _load(folder, "hair-border", BorderConfig, engine)


def load_chin(folder: Path = BUNDLED / "shaven-chin", engine: str | None = None) -> Network[ChinConfig]:
    """Below beards: planes (B, 12, 112, 112) -> what is lacking (B, 3, 112, 112); errors as above."""
    return _load(folder, "shaven-chin", ChinConfig, engine)


def engine_of(folder: Path, wanted: str | None = None) -> str:
    """The engine that runs a folder.

    Args:
        folder: of a network. Graphs of other folders than mien's are run where somebody asks for it: no file of
            weights limits what a graph computes.
        wanted: None for what the environment says, and what fits where it says nothing.

    Raises:
        ConfigError: there is no such engine.
    """
    name = wanted or os.environ.get(VARIABLE) or ""
    if name not in ("", *ENGINES):
        raise ConfigError(f"There is no engine '{name}'; choose {', '.join(ENGINES[:-1])} or {ENGINES[-1]}.")
    fits = folder.parent == BUNDLED and find_spec("onnxruntime") is not None
    return name or ("onnx" if fits else "torch")


def runs_graphs(engine: str) -> bool:
    """Whether it is one of ONNX Runtime's."""
    return engine.partition(":")[0] == "onnx"


def accelerators() -> tuple[str, ...]:
    """Those of :data:`PROVIDERS` that the ONNX Runtime here has."""
    if find_spec("onnxruntime") is None:
        return ()
    import onnxruntime

    there = onnxruntime.get_available_providers()
    return tuple(name for name, provider in PROVIDERS.items() if provider in there)


def _load(folder: Path, kind: str, config: type[Config], engine: str | None) -> Network[Config]:
    chosen = engine_of(folder, engine)
    if runs_graphs(chosen):
        from mien.engine.graph import GraphNetwork

        return GraphNetwork.load(folder, kind, config.from_dict, engine=chosen)
    need_torch(f"Running {folder.name} without its bundled graph")
    from mien.engine.eager import load_module

    return load_module(folder, kind)
