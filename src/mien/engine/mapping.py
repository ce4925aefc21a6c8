"""MM2Latent's mapping network at work, arrays in and codes out, whatever engine runs it.

Legend: B faces, L W+ codes, C length of a code.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from mien.checkpoints.store import GRAPH, load_config
from mien.engine import engine_of, runs_graphs
from mien.engine.faces import KIND as GENERATOR_KIND
from mien.errors import ConfigError, CorruptCheckpointError
from mien.models.mm2latent.config import MODALITIES, TRAINED_FOR, MappingConfig
from mien.packages import need_torch
from mien.types import Float32

KIND = "mm2latent"
POINTS = 478

DRAWINGS = ("semantic", "sketch", "points")
"""What encoders look at, the first inputs of a graph."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """What one face is made of; None is not given.

    Attributes:
        semantic: (19, S, S) shares of the classes.
        sketch: (1, S, S) in [0, 1].
        points: (478, 3), see :mod:`mien.models.mm2latent.render`.
        pose: yaw and pitch, degrees.
        text: (T,).
    """

    semantic: Float32 | None = None
    sketch: Float32 | None = None
    points: Float32 | None = None
    pose: tuple[float, float] | None = None
    text: Float32 | None = None

    @property
    def given(self) -> tuple[str, ...]:
        """Names of what is given, in the order of :data:`MODALITIES`."""
        parts = (self.semantic, self.sketch, self.points, self.pose, self.text)
        return tuple(name for name, part in zip(MODALITIES, parts, strict=True) if part is not None)

    def arrays(self, config: MappingConfig) -> tuple[Float32, ...]:
        """As the network takes them, for one face, without the noise."""
        semantic, sketch = (config.encoders[name] for name in ("semantic", "sketch"))
        plain: dict[str, tuple[Any, tuple[int, ...]]] = {
            "semantic": (self.semantic, (semantic.channels, semantic.side, semantic.side)),
            "sketch": (self.sketch, (1, sketch.side, sketch.side)),
            "points": (self.points, (POINTS, 3)),
            "pose": (self.pose, (2,)),
            "text": (self.text, (config.text,)),
        }
        found = [np.zeros(shape) if value is None else np.asarray(value) for value, shape in plain.values()]
        flags = np.array([name in self.given for name in MODALITIES])
        return tuple(np.ascontiguousarray(one, np.float32) for one in (*found, flags))


class Mapper(Protocol):
    """A mapping network that is ready to run.

    Attributes:
        config: what built it.
        centres: (K, C) of the generator's codes.
    """

    config: MappingConfig
    centres: Float32

    def __call__(self, wanted: list[Wanted], noise: Float32) -> Float32:
        """B faces and noise (B, N) -> W+ (B, L, C)."""


def load_mapper(folder: Path, engine: str | None = None) -> Mapper:
    """A mapping network out of a folder.

    Args:
        folder: that mien saved.
        engine: see :mod:`mien.engine`; None for what fits.

    Raises:
        CheckpointError: the folder is missing, damaged, or holds something else.
        ConfigError: a package is missing.
    """
    chosen = engine_of(folder, engine)
    if runs_graphs(chosen):
        return GraphMapper(folder, chosen)
    need_torch(f"The mapping network {folder.name}")
    return ModuleMapper(folder)


class GraphMapper:
    """By ONNX Runtime; see :class:`Mapper`."""

    def __init__(self, folder: Path, engine: str) -> None:
        from mien.engine.graph import GraphNetwork

        self.config = configuration(folder)
        self._network = GraphNetwork.load(folder, KIND, lambda values: self.config, engine=engine)
        self.centres = self._network.weight("centres")
        self._drawn_once = takes_drawings_once(folder)

    def __call__(self, wanted: list[Wanted], noise: Float32) -> Float32:
        """See :class:`Mapper`."""
        arrays = joined(wanted, self.config)
        if self._drawn_once:
            arrays = drawn_once(wanted, arrays)
        return repeated(self._network(*arrays, noise)[0], self.config.codes)


class ModuleMapper:
    """By torch; see :class:`Mapper`."""

    def __init__(self, folder: Path) -> None:
        from mien.checkpoints.mm2latent import load_mapping
        from mien.models.mm2latent.mapping import MappingGraph

        network = load_mapping(folder)[0]
        self.config, self._graph = network.config, MappingGraph(network).eval()
        self.centres: Float32 = network.centres.numpy()

    def __call__(self, wanted: list[Wanted], noise: Float32) -> Float32:
        """See :class:`Mapper`."""
        import torch

        with torch.inference_mode():
            arrays = (*joined(wanted, self.config), noise)
            codes = self._graph(*(torch.from_numpy(one) for one in arrays)).numpy()
        return repeated(codes, self.config.codes)


def configuration(folder: Path) -> MappingConfig:
    """Of a folder; errors as of :func:`load_mapper`."""
    values = load_config(folder, KIND).get("mapping")
    if not isinstance(values, dict):
        raise CorruptCheckpointError(f"{folder} does not describe a mapping network; fetch it again.")
    return MappingConfig.from_dict(values)


def check_generator(folder: Path, generator: Path) -> None:
    """Refuses a generator that a mapping network was not trained for: its codes would mean other faces.

    Args:
        folder: of the mapping network; one that does not say whose codes they are is believed.
        generator: the folder that is taken.

    Raises:
        CheckpointError: one of them is missing or damaged.
        ConfigError: its weights are others.
    """
    wanted = load_config(folder, KIND).get(TRAINED_FOR)
    if wanted is not None and wanted != load_config(generator, GENERATOR_KIND).get("sha256"):
        raise ConfigError(
            f"{folder.name} was trained for another generator than {generator.name}; give the one that it was trained "
            "for, or train it anew ('mien data sample', 'mien train mapping')."
        )


def check_codes(codes: Float32, config: MappingConfig, name: str) -> None:
    """Raises ConfigError unless codes (L, C) have the shape of those that the network ``name`` maps to."""
    if codes.shape != (config.codes, config.w_dim):
        raise ConfigError(f"Codes of shape {codes.shape} are of another generator than that of {name}.")


def joined(wanted: list[Wanted], config: MappingConfig) -> list[Float32]:
    """The arrays of several faces as batches."""
    return [np.stack(parts) for parts in zip(*(one.arrays(config) for one in wanted), strict=True)]


def takes_drawings_once(folder: Path) -> bool:
    """Whether a graph takes a drawing of all faces as one row; those that were written before do not say so."""
    graph = load_config(folder, KIND).get("graphs", {}).get(GRAPH, {})
    inputs = graph.get("input", {})
    return all(inputs.get(name, ["batch"])[0] != "batch" for name in DRAWINGS)


def drawn_once(wanted: list[Wanted], arrays: list[Float32]) -> list[Float32]:
    """The arrays of :func:`joined`, a drawing as one row where no two faces are given different ones.

    Whatever is asked of one face, with words and without, has the same drawings: its encoders run once then.
    """
    for index, name in enumerate(DRAWINGS):
        given = [row for row, one in enumerate(wanted) if getattr(one, name) is not None]
        first = given[0] if given else 0
        if all(getattr(wanted[row], name) is getattr(wanted[first], name) for row in given):
            arrays[index] = arrays[index][first : first + 1]
    return arrays


def repeated(codes: Float32, count: int) -> Float32:
    """(B, C) -> (B, L, C); W+ as it is."""
    return codes if codes.ndim == 3 else np.repeat(codes[:, None], count, 1)
