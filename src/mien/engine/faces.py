"""Generators as they make faces of seeds: arrays in, arrays out, whatever engine runs them.

Legend: N faces, L W+ codes, C length of a code, Z length of z, R resolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from mien.checkpoints.store import BUNDLED, GRAPH
from mien.engine import engine_of, runs_graphs
from mien.packages import need_torch
from mien.pixels import to_pixels
from mien.types import Float32, UInt8

if TYPE_CHECKING:
    from mien.models.stylegan2 import Generator

KIND = "stylegan2-generator"
MAPPING = "mapping.onnx"
BUNDLED_GENERATOR = BUNDLED / "portrait-generator"

MODES_FROM = 20_000
"""Codes that are clustered for multi-modal truncation."""


class FaceMaker(Protocol):
    """A generator that is ready to run."""

    def codes(self, seeds: Sequence[int], psi: float, cutoff: int | None = None, modes: int = 1) -> Float32:
        """Seeds -> W+ codes (N, L, C).

        Args:
            seeds: whole numbers, none negative; the same seed gives the same code on every engine, but for rounding.
            psi: truncation, see :func:`mien.models.stylegan2.truncation.truncate`.
            cutoff: how many codes are truncated, the coarsest first; None for all.
            modes: of how many cluster centers the nearest is the one to truncate towards; 1 takes the mean.
        """

    def pictures(self, w_plus: Float32) -> UInt8:
        """(N, L, C) -> (N, R, R, 3), with the noise that is stored in the network."""


def load_maker(folder: Path, modes: int = 1) -> FaceMaker:
    """A generator out of a folder.

    Args:
        folder: that mien saved.
        modes: that will be asked for; more than one are found by torch alone.

    Raises:
        CheckpointError: the folder is missing, damaged, or holds something else.
        ConfigError: a package is missing.
    """
    engine = engine_of(folder)
    if modes == 1 and runs_graphs(engine):
        return GraphFaces(folder, engine)
    need_torch("Finding modes" if modes > 1 else f"The generator {folder.name}")
    from mien.checkpoints.generator import load_generator

    return ModuleFaces(load_generator(folder))


class GraphFaces:
    """By ONNX Runtime; see :class:`FaceMaker`."""

    def __init__(self, folder: Path, engine: str = "onnx") -> None:
        from mien.engine.graph import GraphNetwork

        self._synthesis, self._mapping = (
            GraphNetwork.load(folder, KIND, lambda values: dict(values["generator"]), name, engine)
            for name in (GRAPH, MAPPING)
        )

    def codes(self, seeds: Sequence[int], psi: float, cutoff: int | None = None, modes: int = 1) -> Float32:
        """See :class:`FaceMaker`."""
        config: dict[str, Any] = self._mapping.config
        count = 2 * int(config["resolution"]).bit_length() - 4
        (w,) = self._mapping(np.stack([gaussian(seed, int(config["z_dim"])) for seed in seeds]))
        w_plus = np.repeat(w[:, None], count, 1)
        centre, truncated = self._mapping.weight("mapping.w_avg"), slice(None if cutoff is None else cutoff)
        w_plus[:, truncated] = centre + np.float32(psi) * (w_plus[:, truncated] - centre)
        return w_plus

    def pictures(self, w_plus: Float32) -> UInt8:
        """See :class:`FaceMaker`."""
        return to_pixels(self._synthesis(w_plus)[0])


class ModuleFaces:
    """By torch; see :class:`FaceMaker`."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator

    def codes(self, seeds: Sequence[int], psi: float, cutoff: int | None = None, modes: int = 1) -> Float32:
        """See :class:`FaceMaker`."""
        from mien.models.stylegan2 import cluster_centres, codes_of_seeds

        z_dim, centres = self.generator.config.z_dim, None
        if modes > 1:
            many = codes_of_seeds([0], MODES_FROM * z_dim).reshape(MODES_FROM, -1)
            centres = cluster_centres(self.generator.mapping(many), modes)
        z = codes_of_seeds(seeds, z_dim)
        w_plus: Float32 = self.generator.truncated(z, psi=psi, cutoff=cutoff, centres=centres).detach().numpy()
        return w_plus

    def pictures(self, w_plus: Float32) -> UInt8:
        """See :class:`FaceMaker`."""
        import torch

        from mien.pixels import to_bytes

        with torch.inference_mode():
            return to_bytes(self.generator.synthesis(torch.from_numpy(np.ascontiguousarray(w_plus)), "const"))


def gaussian(seed: int, count: int) -> Float32:
    """``torch.randn(count, generator=torch.Generator().manual_seed(seed))`` but for rounding, without torch.

    Its generator is Mersenne Twister; 24 bits make a uniform number; Box and Muller's method takes blocks of 16, the
    first half for the radius, the second for the angle.

    Args:
        seed: 0 to 2**64; torch takes its lower 32 bits.
        count: a multiple of 16.
    """
    assert count % 16 == 0, "torch draws other numbers of numbers otherwise"
    twister = np.random.RandomState(seed & 0xFFFFFFFF)  # the one that is seeded as torch's is
    bits = twister.randint(0, 1 << 32, count, dtype=np.uint32) & np.uint32(0xFFFFFF)
    uniform = (bits.astype(np.float32) * np.float32(2**-24)).reshape(-1, 16)
    radius = np.sqrt(-2 * np.log(1 - uniform[:, :8]))
    angle = np.float32(2 * np.pi) * uniform[:, 8:]
    drawn: Float32 = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], 1).ravel()
    return drawn
