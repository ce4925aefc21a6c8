"""The networks of an editor as graphs: arrays in, arrays out; each is loaded when it is first needed.

Legend: B batch, I channels of all modalities, N modalities, S side, L W+ codes, C length of a code, Z length of z,
K channels of StyleSpace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from mien.checkpoints.store import load_config, verify_once
from mien.engine.faces import gaussian
from mien.engine.graph import GraphNetwork
from mien.threads import available_threads
from mien.types import Float32

KIND = "mien-editor"
GRAPHS: Mapping[str, str] = {
    name: f"{name}.onnx" for name in ("mapping", "encoder", "warping", "features", "bank", "decoder")
}
"""Files by what they do; ``recipes.graphs_editor`` writes them."""

EDIT = ("decoder", "encoder", "bank", "features")
"""Those of every edit, the slowest to load first."""

Features = tuple[Float32, ...]
"""What the painter's encoder makes of the layers: the last map, the global code, and a map for each resolution."""


class PaintingGraphs:
    """See :class:`mien.models.editing.EditorNetworks`, whose methods have the same meaning.

    Args:
        folder: of an editor that has graphs.
        engine: of ONNX Runtime's.
    """

    def __init__(self, folder: Path, engine: str = "onnx") -> None:
        self._config = load_config(folder, KIND)
        self._folder, self._engine, self._loaded = folder, engine, dict[str, GraphNetwork[dict[str, Any]]]()
        self._loading = Lock()

    def codes(self, layers: Float32) -> Float32:
        """E: (B, I, S, S) -> W+ (B, L, C)."""
        return self._run("encoder", layers)[0]

    def turned(self, source: Float32, target: Float32) -> Float32:
        """Equation 2: both (B, L, C) -> (B, L, C)."""
        return self._run("warping", source, target)[0]

    def features(
        self, layers: Float32, mask: Float32, weights: Float32 | None, guide: Float32 | None = None
    ) -> tuple[Features, Float32]:
        """Layers (B, I, S, S), mask (B, 1, S, S), weights (B, N, 1, 1) or (B, N, S, S), and for networks that are
        :attr:`guided` a guide (B, 4, S, S), 0 where none is known -> features, ŝ (B, N, S, S) of the modalities alone.
        """
        count = len(self._config["editor"]["aggregation"]["modalities"])
        given = np.ones((len(layers), count, 1, 1), np.float32) if weights is None else weights
        told = (np.zeros((len(layers), 4, *layers.shape[2:]), np.float32) if guide is None else guide,) * self.guided
        shares, *found = self._run("features", layers, mask, *told, given)
        return tuple(found), shares[:, :count]

    def bank(self, w_plus: Float32, shift: Float32 | None) -> tuple[Float32, Features]:
        """Equation 1's G: (B, L, C), shift (B, K) -> Î (B, 3, S, S), a map for each resolution that has one."""
        moved = np.zeros((len(w_plus), self.channels), np.float32) if shift is None else shift
        picture, *maps = self._run("bank", w_plus, moved)
        return picture, tuple(maps)

    def decode(self, features: Features, w_plus: Float32, bank: Features) -> Float32:
        """Equation 1's R -> I_out (B, 3, S, S)."""
        return self._run("decoder", w_plus, *features, *bank)[0]

    def random_codes(self, seeds: Sequence[int], psi: float) -> Float32:
        """z of seeds -> truncated W+ (B, L, C)."""
        mapping, (count, _) = self._load("mapping"), self.shape
        z = np.stack([gaussian(seed, int(self._config["editor"]["generator"]["z_dim"])) for seed in seeds])
        centre = mapping.weight("generator.mapping.w_avg")
        w = centre + np.float32(psi) * (mapping(z)[0] - centre)
        return np.repeat(w[:, None], count, 1)

    @property
    def guided(self) -> bool:
        """Whether the painter can be given a guide."""
        return "guide" in self._inputs("features")

    @property
    def shape(self) -> tuple[int, int]:
        """L and C."""
        _, count, length = self._inputs("bank")["w_plus"]
        return count, length

    @property
    def layers(self) -> int:
        """I."""
        return int(self._inputs("encoder")["layers"][1])

    @property
    def channels(self) -> int:
        """K."""
        return int(self._inputs("bank")["shift"][1])

    def fingerprint(self) -> bytes:
        """Of weights, graphs and engine; no graph is loaded for it."""
        graphs = self._config["graphs"]
        return " ".join([str(self._config["sha256"]), *(graphs[name]["sha256"] for name in GRAPHS.values())]).encode()

    def _inputs(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._config["graphs"][GRAPHS[name]]["input"]
        return found

    def _load(self, name: str) -> GraphNetwork[dict[str, Any]]:
        """One that is ready; with the first of an edit come the others, side by side."""
        with self._loading:
            if name not in self._loaded:
                verify_once(self._folder, self._config)
                wanted = [one for one in EDIT if one not in self._loaded] if name in ("encoder", "features") else [name]
                with ThreadPoolExecutor(min(len(wanted), available_threads())) as pool:
                    self._loaded |= zip(wanted, pool.map(self._read, wanted), strict=True)
        return self._loaded[name]

    def _read(self, name: str) -> GraphNetwork[dict[str, Any]]:
        return GraphNetwork.load(self._folder, KIND, dict, GRAPHS[name], self._engine)

    def _run(self, name: str, *arrays: Float32) -> tuple[Float32, ...]:
        return self._load(name)(*(np.ascontiguousarray(one, np.float32) for one in arrays))
