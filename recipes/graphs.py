"""The graphs of the bundled networks: ``python -m recipes.graphs``.

A graph holds no weights: it points into the ``model.safetensors`` beside it. Write the graphs anew whenever a network
is trained anew; the same weights give the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from mien.checkpoints.filling import fill
from mien.checkpoints.graph_export import write_graph
from mien.checkpoints.hub import DEFAULT
from mien.checkpoints.mm2latent import DEFAULT as MAPPING_NETWORK
from mien.checkpoints.mm2latent import load_mapping
from mien.checkpoints.store import BUNDLED, load_folder
from mien.engine.faces import BUNDLED_GENERATOR, KIND, MAPPING
from mien.engine.mapping import DRAWINGS, POINTS
from mien.guides.beards import chin_frame
from mien.guides.dyes.bordered import CORE, MARGIN
from mien.guides.glasses.strip import HIGH, WIDE
from mien.models.mm2latent.config import MODALITIES, SPATIAL
from mien.models.mm2latent.mapping import MappingGraph
from mien.models.perception.border import BorderConfig, BorderNet
from mien.models.perception.detector import DetectorConfig, DetectorNet
from mien.models.perception.landmarks import LandmarkConfig, LandmarkNet
from mien.models.perception.matte import MatteConfig, MatteNet
from mien.models.perception.parser import ParserConfig, ParserNet
from mien.models.perception.reader import ReaderConfig, ReaderNet
from mien.models.perception.uncover import ChinConfig, UncoverConfig, UncoverNet
from mien.models.stylegan2 import Generator, GeneratorConfig
from recipes.graphs_editor import export_editor


@dataclass(frozen=True)
class Export:
    """How a kind of network is exported.

    Attributes:
        build: makes it out of its folder's configuration.
        outputs: names of what it returns.
        sides: of an example, height and width; None takes the configuration's ``size``.
        free: names of the sides that may be any, by axis.
        planes: of an example.
    """

    build: Callable[[dict[str, Any]], nn.Module]
    outputs: tuple[str, ...]
    sides: tuple[int, int] | None = None
    free: Mapping[int, str] | None = None
    planes: int = 3


EXPORTS: Mapping[str, Export] = {
    "face-detector": Export(
        lambda config: DetectorNet(DetectorConfig.from_dict(config)), ("maps",), (64, 96), {2: "height", 3: "width"}
    ),
    "face-landmarks": Export(lambda config: LandmarkNet(LandmarkConfig.from_dict(config)), ("points", "presence")),
    "face-parser": Export(
        lambda config: ParserNet(ParserConfig.from_dict(config)), ("logits",), free={2: "height", 3: "width"}
    ),
    "face-reader": Export(lambda config: ReaderNet(ReaderConfig.from_dict(config)), ("numbers",)),
    "hair-border": Export(
        lambda config: BorderNet(BorderConfig.from_dict(config)),
        ("made",),
        (CORE + 2 * MARGIN, CORE + 2 * MARGIN),
        planes=BorderConfig().planes,
    ),
    "hair-matte": Export(
        lambda config: MatteNet(MatteConfig.from_dict(config)),
        ("logits",),
        (64, 96),
        {2: "height", 3: "width"},
        planes=6,
    ),
    "shaven-chin": Export(
        lambda config: UncoverNet(ChinConfig.from_dict(config)),
        ("made",),
        (chin_frame.HIGH, chin_frame.WIDE),
        planes=ChinConfig().planes,
    ),
    "uncovered-eyes": Export(
        lambda config: UncoverNet(UncoverConfig.from_dict(config)),
        ("made",),
        (HIGH, WIDE),
        planes=UncoverConfig().planes,
    ),
}


def export(folder: Path, kind: str) -> None:
    """Writes the graph of one folder."""
    config, state = load_folder(folder, kind)
    how = EXPORTS[kind]
    network = fill(lambda: how.build(config), state, str(folder))
    height, width = how.sides or (config["size"], config["size"])
    write_graph(folder, network, {"images": torch.zeros(2, how.planes, height, width)}, how.outputs, how.free)


class _Mapping(nn.Module):
    """z (B, Z) -> w (B, C); weights have the names that they have in the generator."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.mapping = generator.mapping

    def forward(self, z: Tensor) -> Tensor:
        w: Tensor = self.mapping(z)
        return w


class _Synthesis(nn.Module):
    """W+ (B, L, C) -> picture (B, 3, R, R), with the noise that is stored in the network."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.synthesis = generator.synthesis

    def forward(self, w_plus: Tensor) -> Tensor:
        picture: Tensor = self.synthesis(w_plus, "const")
        return picture


def export_generator(folder: Path) -> None:
    """Writes both graphs of a generator's folder."""
    config, state = load_folder(folder, KIND)
    shape = GeneratorConfig.from_dict(config["generator"])
    generator = fill(lambda: Generator(shape), state, str(folder))
    write_graph(folder, _Mapping(generator), {"z": torch.zeros(2, shape.z_dim)}, ("w",), name=MAPPING)
    codes = torch.zeros(2, shape.codes, shape.w_dim)
    write_graph(folder, _Synthesis(generator), {"w_plus": codes}, ("picture",))


def export_mapping(folder: Path) -> None:
    """Writes the graph of a mapping network's folder: meshes are rendered inside.

    Where one network serves all subsets, each drawing may be one row for faces that are asked for different parts.
    """
    network, _, _ = load_mapping(folder)
    c = network.config
    sides = {name: (c.encoders[name].channels, c.encoders[name].side, c.encoders[name].side) for name in SPATIAL}
    shapes = {**{name: sides[name] for name in ("semantic", "sketch")}, "points": (POINTS, 3), "pose": (2,)}
    shapes |= {"text": (c.text,), "present": (len(MODALITIES),), "noise": (c.noise,)}
    examples = {name: torch.rand(2, *shape) for name, shape in shapes.items()}
    batches = {name: f"batch of {name}" for name in DRAWINGS} if c.form == "one" else {}
    write_graph(folder, MappingGraph(network).eval(), examples, ("w",), batches=batches)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundled", type=Path, default=BUNDLED, help="the folder with the networks' folders")
    folder = parser.parse_args().bundled
    for kind in EXPORTS:
        export(folder / kind, kind)
    export_generator(folder / BUNDLED_GENERATOR.name)
    export_editor(folder / DEFAULT)
    if (folder / MAPPING_NETWORK).is_dir():
        export_mapping(folder / MAPPING_NETWORK)
    for path in sorted(folder.glob("*/*.onnx")):
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
