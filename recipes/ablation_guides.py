"""What a guide is worth to the painter: given one, given none, and against what is done without such a painter.

Letters: B batch, S side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from mien.checkpoints.editor import load_editor
from mien.conditions.parser import FaceParser
from mien.data.pictures import Picture
from mien.evaluation.perceptual import PerceptualDistance, load_distance
from mien.evaluation.protocol.faces import open_set
from mien.evaluation.protocol.lists import evenly
from mien.models.editing import EditorNetworks
from mien.pixels import to_tensor
from mien.training.editing.sample import Sample, SampleConfig, draw_edits, image_only
from mien.training.phases import Step
from mien.training.stages.editing import composite
from mien.types import Float64
from recipes.ablation_judges import of_mean
from recipes.editor import GUIDES, Places

BATCH = 16
EDITS = SampleConfig(exemplar=0.0, other=0.0, dyed=0.0, guides=replace(GUIDES, share=1.0))
KINDS = {"the truth, changed": EDITS, "another face's part": replace(EDITS, moved=1.0)}
"""What the guide is made of."""


def guide_table(places: Places, limit: int | None, split: str = "test") -> list[list[str]]:
    """LPIPS of the pasted results to the truth, and differences from A that is given nothing, edit by edit."""
    plain, told = (_networks(places, name) for name in ("full", "guide"))
    distance = load_distance(places.weights / "lpips_alex.pt", trust_code=True)
    ways: dict[str, Callable[[Sample], Tensor]] = {
        "A, nothing given": lambda one: painted(plain, one),
        "with guides, nothing given": lambda one: painted(told, one),
        "with guides, guide given": lambda one: painted(told, one, guide=True),
        "with guides, guide given and laid over its picture": lambda one: _over(
            one.guide, painted(told, one, guide=True)
        ),
        "A, guide laid over its picture": lambda one: _over(one.guide, painted(plain, one)),
        "A, guide laid over the photo": lambda one: _around(plain, _laid(one)),
    }
    rows = [["painter", *(f"{kind}: {what}" for kind in KINDS for what in ("LPIPS-alex", "less A, nothing given"))]]
    pictures = evenly(open_set(places.data, split), limit)
    found = {kind: measured(pictures, config, ways, distance) for kind, config in KINDS.items()}
    first = next(iter(ways))
    for way in ways:
        cells = [(of_mean(found[kind][way]), of_mean(found[kind][way] - found[kind][first])) for kind in KINDS]
        rows.append([way, *(text for pair in cells for text in (pair if way != first else (pair[0], "–")))])
    return rows


@torch.inference_mode()
def measured(
    pictures: list[Picture], config: SampleConfig, ways: dict[str, Callable[[Sample], Tensor]], by: PerceptualDistance
) -> dict[str, Float64]:
    """By way, (N,) distances of the N edits that have a guide: the same edits, with the same hints, for all."""
    values: dict[str, list[Tensor]] = {way: [] for way in ways}
    for sample in _samples(pictures, config):
        assert sample.guide is not None
        there = sample.guide[:, 3].flatten(1).amax(1) > 0.5
        if config.moved:
            there &= sample.dyed
        for way, paint in ways.items():
            made = composite(paint(sample).clamp(-1, 1), sample.picture, sample.mask)
            values[way].append(by(made, sample.picture)[there])
    return {way: torch.cat(some).double().numpy() for way, some in values.items()}


def painted(networks: EditorNetworks, sample: Sample, *, guide: bool = False) -> Tensor:
    """(B, 3, S, S)."""
    layers = sample.layers.stack(networks.config.modalities)
    codes = networks.encoder(layers)
    _, bank = networks.bank(codes)
    made, _ = networks.painter(layers, sample.mask, codes, bank, guide=sample.guide if guide else None)
    result: Tensor = made.float()
    return result


def _samples(pictures: list[Picture], config: SampleConfig) -> Iterator[Sample]:
    parser = FaceParser.bundled("torch")
    for start in range(0, len(pictures), BATCH):
        pixels = np.stack([one.pixels(64) for one in pictures[start : start + BATCH]])
        step = Step(start, start, len(pixels), to_tensor(pixels), torch.from_numpy(parser.parse(pixels)))
        sample = draw_edits(step, 0, config=config)
        yield replace(sample, layers=image_only(sample.layers.image))


def _laid(sample: Sample) -> Sample:
    """As a photo in which the guide lies already: what it covers is no longer to be painted."""
    assert sample.guide is not None
    colors, sure = sample.guide[:, :3], (sample.guide[:, 3:] > 0.5).float()
    image = torch.lerp(sample.layers.image, colors, sure)
    return replace(sample, layers=image_only(image), mask=sample.mask * (1 - sure))


def _around(networks: EditorNetworks, laid: Sample) -> Tensor:
    return composite(painted(networks, laid), laid.layers.image, laid.mask)


def _over(guide: Tensor | None, picture: Tensor) -> Tensor:
    assert guide is not None
    return torch.lerp(picture, guide[:, :3], guide[:, 3:])


def _networks(places: Places, name: str) -> EditorNetworks:
    networks, _ = load_editor(places.out / f"coarse-{name}" / "editor")
    return networks
