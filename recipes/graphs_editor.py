"""The graphs of an editor, which :mod:`mien.engine.painting` runs; modules have the names of the weights.

Legend: B batch, S side, I channels of all modalities, N modalities, L W+ codes, C length of a code, K channels of
StyleSpace.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from mien.checkpoints.editor import load_editor
from mien.checkpoints.graph_export import write_graph
from mien.engine.painting import GRAPHS
from mien.models.editing import EditorNetworks, EncoderFeatures


class _Part(nn.Module):
    """Base: all networks, so that weights keep their names."""

    def __init__(self, networks: EditorNetworks) -> None:
        super().__init__()
        self.generator, self.encoder = networks.generator, networks.encoder
        self.warping, self.painter = networks.warping, networks.painter
        self._networks = (networks,)  # in a tuple, so that it is no part of the state
        self.sides = networks.config.refinement.resolutions
        self.banks = [side for i, side in enumerate(self.sides) if networks.config.refinement.has_bank(i)]


class _Mapping(_Part):
    def forward(self, z: Tensor) -> Tensor:
        w: Tensor = self.generator.mapping(z)
        return w


class _Encoder(_Part):
    def forward(self, layers: Tensor) -> Tensor:
        w_plus: Tensor = self.encoder(layers)
        return w_plus


class _Warping(_Part):
    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        return self._networks[0].turned(source, target)


class _Features(_Part):
    def forward(self, layers: Tensor, mask: Tensor, *given: Tensor) -> tuple[Tensor, ...]:
        *guide, weights = given  # a guide where the networks know it
        a, shares = self.painter.aggregation(layers, mask, weights, *guide)
        found = self.painter.refinement.encode(a)
        return (shares, found.last, found.x_global, *(found.maps[side] for side in self.sides))


class _Bank(_Part):
    def forward(self, w_plus: Tensor, shift: Tensor) -> tuple[Tensor, ...]:
        picture, maps = self._networks[0].bank(w_plus, shift)
        return (picture, *(maps[side] for side in self.banks))


class _Decoder(_Part):
    def forward(self, w_plus: Tensor, last: Tensor, x_global: Tensor, *maps: Tensor) -> Tensor:
        count = len(self.sides)
        features = EncoderFeatures(dict(zip(self.sides, maps[:count], strict=True)), last, x_global)
        bank = dict(zip(self.banks, maps[count:], strict=True))
        return self.painter.refinement.decode(features, w_plus, bank)


def export_editor(folder: Path) -> None:
    """Writes all graphs of an editor's folder."""
    networks, _ = load_editor(folder)
    config, side = networks.config, networks.config.resolution
    layers, mask = torch.zeros(2, config.encoder.inputs, side, side), torch.ones(2, 1, side, side)
    seen = {"layers": layers, "mask": mask}
    if config.aggregation.guide:
        seen["guide"] = torch.zeros(2, 4, side, side)
    codes, weights = torch.zeros(2, config.generator.codes, config.generator.w_dim), torch.ones(2, 4, 1, 1)
    parts: dict[str, _Part] = {
        "mapping": _Mapping(networks),
        "encoder": _Encoder(networks),
        "warping": _Warping(networks),
        "features": _Features(networks),
        "bank": _Bank(networks),
        "decoder": _Decoder(networks),
    }
    shift = torch.zeros(2, sum(config.generator.style_channels))
    with torch.inference_mode():
        _, last, x_global, *maps = parts["features"](*seen.values(), weights)
        _, *bank = parts["bank"](codes, shift)
    of = parts["decoder"]
    maps_in = {f"map{s}": m for s, m in zip(of.sides, maps, strict=True)}
    bank_in = {f"bank{s}": m for s, m in zip(of.banks, bank, strict=True)}
    given: dict[str, tuple[dict[str, Tensor], tuple[str, ...]]] = {
        "mapping": ({"z": torch.zeros(2, config.generator.z_dim)}, ("w",)),
        "encoder": ({"layers": layers}, ("w_plus",)),
        "warping": ({"source": codes, "target": codes}, ("w_plus",)),
        "features": ({**seen, "weights": weights}, ("shares", "last", "x_global", *maps_in)),
        "bank": ({"w_plus": codes, "shift": shift}, ("picture", *bank_in)),
        "decoder": ({"w_plus": codes, "last": last, "x_global": x_global, **maps_in, **bank_in}, ("picture",)),
    }
    for name, (inputs, outputs) in given.items():
        free = {2: "height", 3: "width"} if name == "features" else None
        write_graph(folder, parts[name].eval(), inputs, outputs, free, name=GRAPHS[name])
