"""The stages of an edit as functions that can be timed: what each is given, and the network in it.

Legend: B batch, S side of the crop, R resolution of the generator, L W+ codes, C length of a code.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.startup import twelve_megapixels
from mien.align.crop import crop_face
from mien.align.finder import FaceFinder
from mien.align.paste import mask_to_photo, paste_face
from mien.conditions.extract import conditions_of
from mien.conditions.layers import from_conditions
from mien.conditions.parser import FaceParser
from mien.conditions.regions import region_mask
from mien.models.editing import PRESETS, EditorConfig, EditorNetworks
from mien.photos.read import read_photo
from mien.types import AlignedFace, Photo

HOST = ("align", "conditions", "paste")
NETWORK = ("encode", "warp", "synthesize", "paint")
STAGES = ("align", "conditions", "encode", "warp", "synthesize", "paint", "paste")
"""In the order in which an edit runs through them."""


@dataclass(frozen=True, eq=False)
class Stage:
    """Attributes:
    run: does it once.
    signature: two stages with the same one do the same, whatever preset they belong to.
    network, inputs: what ``run`` consists of, where it is nothing but a network.
    """

    run: Callable[[], object]
    signature: str
    network: nn.Module | None = None
    inputs: tuple[Tensor, ...] = ()


class Bank(nn.Module):
    """The generator as the editor uses it: codes -> its picture and all maps."""

    def __init__(self, networks: EditorNetworks) -> None:
        super().__init__()
        self.networks = networks

    def forward(self, w_plus: Tensor) -> tuple[Tensor, ...]:
        """(B, L, C) -> (B, 3, R, R) and maps from 4 px on."""
        picture, maps = self.networks.bank(w_plus)
        return picture, *maps.values()


class Paint(nn.Module):
    """Aggregation and refinement, with the bank's maps as so many inputs."""

    def __init__(self, networks: EditorNetworks) -> None:
        super().__init__()
        self.painter = networks.painter
        self.resolutions = networks.config.refinement.resolutions

    def forward(self, layers: Tensor, mask: Tensor, w_plus: Tensor, *maps: Tensor) -> tuple[Tensor, Tensor]:
        """As :class:`mien.models.editing.Painter` -> picture and shares."""
        bank = dict(zip(self.resolutions, maps, strict=True))
        picture, shares = self.painter(layers, mask, w_plus, bank)
        return picture, shares


def build_networks(preset: str) -> EditorNetworks:
    """With random weights, since speed does not depend on them; noise and biases are not zero."""
    torch.manual_seed(0)
    networks = EditorNetworks(PRESETS[preset]()).eval().requires_grad_(False)
    networks.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
    return networks


def network_stages(networks: EditorNetworks, batch: int) -> dict[str, Stage]:
    """Those that are nothing but networks; inputs are random, and the generator's maps are used as they come."""
    config = networks.config
    side, generator = config.resolution, config.generator
    layers = torch.randn(batch, config.encoder.inputs, side, side).contiguous(memory_format=torch.channels_last)
    mask = (torch.rand(batch, 1, side, side) > 0.5).float()
    w_plus, other = torch.randn(2, batch, generator.codes, generator.w_dim)
    channels = zip(config.refinement.resolutions, config.refinement.bank_channels, strict=True)
    maps = [torch.randn(batch, c, r, r).contiguous(memory_format=torch.channels_last) for r, c in channels]
    given: dict[str, tuple[nn.Module, tuple[Tensor, ...]]] = {
        "encode": (networks.encoder, (layers,)),
        "warp": (networks.warping, (w_plus, other)),
        "synthesize": (Bank(networks), (w_plus,)),
        "paint": (Paint(networks), (layers, mask, w_plus, *maps)),
    }
    return {
        name: Stage(lambda n=network, i=inputs: n(*i), _signature(config, name), network, inputs)
        for name, (network, inputs) in given.items()
    }


def _signature(config: EditorConfig, stage: str) -> str:
    parts = {
        "encode": (config.encoder,),
        "warp": (config.warping,),
        "synthesize": (config.generator,),
        "paint": (config.aggregation, config.refinement),
    }
    return f"{stage} {parts[stage]}"


def host_stages(size: int, batch: int) -> dict[str, Stage]:
    """Those around the networks, one face after the other, on a photo of 12 megapixels.

    "align" finds the faces and cuts one out, "conditions" parses it and makes its sketch, colors, mask and layers,
    "paste" brings the mask to the photo and the edited crop into it.
    """
    photo, finder, parser = _photo(), FaceFinder.bundled(), FaceParser.bundled()
    face = _face(size)
    edited = (255 - face.pixels).astype(np.float32)

    def align() -> AlignedFace:
        return crop_face(photo, finder.find(photo)[0].quad, size)

    def conditions() -> Tensor:
        labels = parser.parse_crop(face.pixels)
        given = conditions_of(face.pixels, labels)
        region_mask(labels, "hair", grow_by=size / 128)
        return from_conditions(face.pixels, given).stack()

    hair = region_mask(parser.parse_crop(face.pixels), "hair") > 0

    def paste() -> Photo:
        mask = mask_to_photo(hair, face.matrix, (photo.width, photo.height))
        return paste_face(photo, edited, face.matrix, mask, reference=face.pixels)

    once: dict[str, Callable[[], object]] = {"align": align, "conditions": conditions, "paste": paste}
    return {
        name: Stage(lambda f=function: _repeated(f, batch), f"{name} at {size} px") for name, function in once.items()
    }


def _repeated(function: Callable[[], object], times: int) -> Sequence[object]:
    return [function() for _ in range(times)]


@cache
def _photo() -> Photo:
    with tempfile.TemporaryDirectory() as folder:
        return read_photo(twelve_megapixels(Path(folder)))


def _face(size: int) -> AlignedFace:
    return crop_face(_photo(), FaceFinder.bundled().find(_photo())[0].quad, size)
