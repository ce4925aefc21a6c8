"""A training batch of edits: what the networks are given, and what they should paint (Algorithms 1 and 3).

Letters: B batch, S side.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.conditions.dropping import Dropping, drop
from mien.conditions.extract import Extraction, extract
from mien.conditions.freeform import freeform_batch, rng_of
from mien.conditions.layers import Layers
from mien.conditions.modalities import maps
from mien.training.editing.dyes import dyed
from mien.training.editing.guided import Guided, guided
from mien.training.editing.masks import EditMasks, edit_masks
from mien.training.phases import Step
from mien.training.windows.guides import GuideDraw

GUIDES = 2000
"""Added to the seed, so that guides and edits draw different numbers."""


@dataclass(frozen=True)
class SampleConfig:
    """How edits are drawn.

    Attributes:
        masks: where.
        extraction: of the modalities from the picture.
        dropping: of the modalities, each on its own.
        inside: probability that the modalities say something inside the mask only, as a user's usually do.
        exemplar: probability that there is an exemplar at all.
        other: probability that the exemplar is another picture; its edit has no other modality.
        dyed: at most this fraction of the pictures has a region with a color of its own, see
            :mod:`mien.training.editing.dyes`; it is told, and the exemplar is the picture as it was. Half of these
            edits change that region and nothing else, as a user's do.
        guides: how they are drawn; none by default.
        moved: at most this fraction of the pictures has a part of another face, see
            :mod:`mien.training.editing.guided`; it is the edit, and the other face's pixels are the guide.
    """

    masks: EditMasks = field(default_factory=EditMasks)
    extraction: Extraction = field(default_factory=Extraction)
    dropping: Dropping = field(default_factory=lambda: Dropping(absent=0.5, whole=0.3))
    inside: float = 0.5
    exemplar: float = 0.5
    other: float = 0.15
    dyed: float = 0.2
    guides: GuideDraw = field(default_factory=lambda: GuideDraw(share=0.0))
    moved: float = 0.0


@dataclass(frozen=True, eq=False)
class Sample:
    """A batch of edits.

    Attributes:
        picture: (B, 3, S, S) in [-1, 1], the ground truth.
        mask: (B, 1, S, S) in {0, 1}, 1 = edit.
        layers: what the networks are given, the image masked.
        exemplar: (B, 3, S, S) in [-1, 1]; the picture itself (before it was dyed), or another one.
        given: (B,) bool, whether the exemplar is shown.
        same_face: (B,) bool, whether the exemplar is the picture itself.
        dyed: (B,) bool, whether a region of the picture is another one than the exemplar's.
        guide: (B, 4, S, S), see :class:`mien.models.editing.Aggregation`; None where none is drawn.
    """

    picture: Tensor
    mask: Tensor
    layers: Layers
    exemplar: Tensor
    given: Tensor
    same_face: Tensor
    dyed: Tensor
    guide: Tensor | None = None


def draw_edits(step: Step, seed: int, rank: int = 0, config: SampleConfig | None = None) -> Sample:
    """The edits of a step, a function of its number and the seed alone, so that a resume needs no state for them."""
    c = config or SampleConfig()
    assert step.labels is not None, "edits need semantic maps"
    rng = step_rng(seed, step.index, rank)
    batch, device = len(step.reals), step.reals.device
    mask = edit_masks(step.labels, rng, c.masks)
    draws = torch.rand(4, batch, generator=rng).to(device)
    given = draws[0] < c.exemplar
    same_face = ~(given & (draws[1] < c.other / max(c.exemplar, 1e-9)))
    picture, dye = dyed(step.reals, step.labels, rng, c.dyed)
    picture, dye = torch.where(same_face.view(-1, 1, 1, 1), picture, step.reals), dye * same_face.view(-1, 1, 1, 1)
    told = dye.amax(dim=(1, 2, 3)) > 0
    mask = torch.where((told & (draws[3] < 0.5)).view(-1, 1, 1, 1), _grown(dye), mask)
    plain = Guided(picture, step.labels, mask, torch.zeros_like(told), None)
    others = rng_of(step_rng(seed + GUIDES, step.index, rank))  # so that edits are the same with guides and without
    edits = guided(plain, same_face & ~told, others, c.guides, c.moved)
    picture, mask = edits.picture, edits.mask
    whole = extract(picture, edits.labels, rng, c.extraction)
    kept, _ = drop(whole, rng, c.dropping)
    kept = kept.replaced(color=torch.where(told.view(-1, 1, 1, 1), whole["color"], kept["color"]))
    inside = (draws[2] < c.inside).view(-1, 1, 1, 1)
    area = torch.where(inside, mask, torch.ones_like(mask)) * same_face.view(-1, 1, 1, 1)
    layers = kept.within({"image": 1.0 - mask, **dict.fromkeys(maps(), area)})
    exemplar = torch.where(same_face.view(-1, 1, 1, 1), step.reals, step.reals.roll(1, 0))
    return Sample(picture, mask, layers, exemplar, given, same_face, told | edits.moved, edits.guide)


def _grown(area: Tensor) -> Tensor:
    """As a region is widened when a user names it."""
    reach = round(area.shape[-1] / 64)
    return F.max_pool2d(area, 2 * reach + 1, stride=1, padding=reach)


def draw_encodings(step: Step, seed: int, rank: int = 0, config: SampleConfig | None = None) -> Layers:
    """What the style encoder learns from: any modality, the image too, may be whole, partly there, or missing.

    The image is whole (as an exemplar is), without an edit's mask (as in an edit), in pieces, or missing, in
    proportions 3 : 5 : 1 : 1.
    """
    c = config or SampleConfig()
    assert step.labels is not None, "encodings need semantic maps"
    rng = step_rng(seed, step.index, rank)
    batch, device = len(step.reals), step.reals.device
    kept, _ = drop(extract(step.reals, step.labels, rng, c.extraction), rng, c.dropping)
    kind = torch.rand(batch, 1, 1, 1, generator=rng)
    edited = 1.0 - edit_masks(step.labels, rng, c.masks).cpu()
    pieces = freeform_batch(batch, step.reals.shape[-1], rng)
    image = torch.ones_like(edited)
    for least, area in ((0.3, edited), (0.8, pieces), (0.9, torch.zeros_like(edited))):
        image = torch.where(kind >= least, area, image)
    image = image.to(device)
    alone = (kind < 0.2).to(device)  # an exemplar comes without modalities
    return kept.within({"image": image, **dict.fromkeys(maps(), (~alone).float().expand_as(image))})


def image_only(picture: Tensor) -> Layers:
    """(B, 3, S, S) -> layers of the whole picture and nothing else, as the encoder sees an exemplar."""
    return Layers(picture, {})


def step_rng(seed: int, index: int, rank: int) -> torch.Generator:
    """A generator on the CPU for one step of one process."""
    mixed = (seed * 1_000_003 + index) * 4099 + rank
    return torch.Generator().manual_seed(mixed % 2**63)
