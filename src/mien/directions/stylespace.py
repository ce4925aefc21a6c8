"""Directions of StyleSpace: the few channels that have to do with an attribute, by faces that have it, or by words.

Wu et al., 2021, "StyleSpace Analysis" (which channels to try first); Patashnik et al., 2021, "StyleCLIP", section 6
(global directions):

    edit = (r_i·σ_i where |r_i| >= β, else 0) / max|r|      r_i relevance of channel i, σ_i its deviation among faces

Legend: B faces, A attributes, N channels, M those of the convolutions, K some of them, D length of a CLIP's vector,
L W+ codes, C length of a code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mien.checkpoints.clip import Clip
from mien.checkpoints.directions import is_rgb
from mien.directions.faces import pictures_of
from mien.directions.measures import Measures
from mien.errors import ConfigError
from mien.models.stylegan2 import Generator, GeneratorConfig
from mien.quiet import without_warnings
from mien.types import Float64

PUSH = 5.0
"""Deviations by which a channel is moved either way to see what it changes, as in StyleCLIP."""

BATCH = 8
LOOKED_AT = 16
"""Faces on which each channel is moved for a CLIP."""

TRIED_ON = 6
"""Faces on which each channel is moved for measured attributes."""

CANDIDATES = 64
"""Channels that are tried."""

PATIENCE = 24
"""Channels in a row below β after which no further one is tried for a CLIP: the likely ones come first."""

BETA_WORDS = 0.1
"""β for words, as in StyleCLIP."""

BETA, SHARE = 0.2, 0.6
"""β for an attribute: at least so much, and so much of the most relevant channel."""

TENTH = 0.1
TEMPLATES = ("a photo of {}.", "a close-up photo of {}.", "a portrait of {}.", "a bright photo of {}.", "{}")


def styles_of(generator: Generator, codes: Tensor) -> Float64:
    """(B, L, C) -> StyleSpace (B, N)."""
    with torch.inference_mode():
        return torch.cat(generator.style_space(codes), 1).double().numpy()


def is_convolution(config: GeneratorConfig) -> np.ndarray:
    """(N,) bool: whether a channel is one of the M."""
    return np.concatenate([np.full(count, not is_rgb(layer)) for layer, count in enumerate(config.style_channels)])


def most(values: Float64, name: str) -> Float64:
    """(B,) +1 for the tenth of faces with the most of an attribute, 0 for all others.

    Raises:
        ConfigError: too few faces, or none differ.
    """
    known = np.flatnonzero(np.isfinite(values))
    count = int(TENTH * len(known))
    if count < 5 or np.ptp(values[known]) < 1e-9:
        raise ConfigError(f"The faces hardly differ in {name}, or are too few; raise --faces, or choose another.")
    labels = np.zeros(len(values))
    labels[known[np.argsort(-values[known], kind="stable")[:count]]] = 1.0
    return labels


def relevance_of_faces(styles: Float64, labels: Float64) -> Float64:
    """(N,): by how much channels of the faces with an attribute differ from all faces, over how much those vary.

    Args:
        styles: (B, N).
        labels: (B,) +1 for faces that have it.
    """
    spread = np.maximum(styles.std(0), 1e-12)
    positive = (styles[labels > 0] - styles.mean(0)) / spread
    return np.asarray(positive.mean(0) / np.maximum(positive.std(0), 1e-6), np.float64)


def effects_of_channels(
    generator: Generator,
    measures: Measures,
    codes: Tensor,
    spread: Float64,
    channels: Sequence[int],
    done: Callable[[], object] = lambda: None,
) -> tuple[Float64, Float64]:
    """What K channels change, each alone: (K, A) per σ, in the attributes' units, and the standard error of it.

    Args:
        generator: draws the pictures.
        measures: A attributes.
        codes: (B, L, C) faces.
        spread: (N,) σ.
        channels: which.
        done: called after each channel.
    """
    found = []
    for channel in channels:
        shift = torch.zeros(1, len(spread))
        shift[0, channel] = PUSH * float(spread[channel])
        more, less = (measures.of(pictures_of(generator, codes, sign * shift)) for sign in (1, -1))
        found.append((more - less) / (2 * PUSH))
        done()
    change = np.stack(found)
    with without_warnings():  # where no face was seen
        error = np.nanstd(change, axis=1) / np.sqrt(len(codes))
        return np.nan_to_num(np.nanmean(change, axis=1)), np.nan_to_num(error)


def relevance_of_attribute(change: Float64, error: Float64, column: int) -> Float64:
    """(K,) in [-1, 1]: the share that one attribute has in all that channels change; what is not sure counts as other.

    The cosine of StyleCLIP, with measured attributes in place of a CLIP.

    Args:
        change: (K, A) in deviations of the attributes among faces.
        error: (K, A) of it.
        column: of the attribute.
    """
    length = np.sqrt((change**2 + error**2).sum(1))
    return np.asarray(change[:, column] / np.maximum(length, 1e-12), np.float64)


def relevance_of_channels(
    generator: Generator,
    clip: Clip,
    codes: Tensor,
    spread: Float64,
    done: Callable[[Tensor], bool] = lambda _: False,
    channels: Sequence[int] | None = None,
) -> Tensor:
    """StyleCLIP's ``fs3``: where a CLIP sees pictures go when one channel is moved; of length 1.

    Args:
        generator: draws the pictures.
        clip: looks at them.
        codes: (B, L, C) faces.
        spread: (N,) σ.
        done: called after each channel with its row (D,); true if no further one is needed.
        channels: which of the M; None for all.

    Returns:
        (K, D): a row for each channel that was looked at, in the order of ``channels``.
    """
    found, places = [], np.flatnonzero(is_convolution(generator.config))
    with torch.inference_mode():
        for channel in places if channels is None else places[list(channels)]:
            shift = torch.zeros(1, len(spread))
            shift[0, channel] = PUSH * float(spread[channel])
            ways = [_seen(generator, clip, codes, sign * shift) for sign in (1, -1)]
            found.append(F.normalize(F.normalize(ways[0] - ways[1], dim=-1).mean(0), dim=-1))
            if done(found[-1]):
                break
    return torch.stack(found)


def likely_channels(generator: Generator, clip: Clip, codes: Tensor, spread: Float64, step: Tensor) -> list[int]:
    """All M channels, those first that take pictures furthest along a way: by the slope at the faces as they are.

    Args:
        generator: draws the pictures.
        clip: looks at them.
        codes: (B, L, C) faces.
        spread: (N,) σ.
        step: (D,) of :func:`step_of_words`.
    """
    slope = torch.zeros(len(spread))
    for part in torch.split(codes, BATCH):
        shift = torch.zeros(len(part), len(spread), requires_grad=True)
        seen = clip.of_pictures(generator.synthesis(part.clone(), "const", shift=shift))
        slope += torch.autograd.grad((seen @ step.to(seen)).sum(), shift)[0].sum(0)
    gains = np.abs(slope.numpy() * spread)[is_convolution(generator.config)]
    return [int(one) for one in np.argsort(-gains, kind="stable")]


def _seen(generator: Generator, clip: Clip, codes: Tensor, shift: Tensor) -> Tensor:
    pictures = [clip.of_pictures(generator.synthesis(part, "const", shift=shift)) for part in torch.split(codes, BATCH)]
    return torch.cat(pictures)


def relevance_of_words(channels: Tensor, clip: Clip, wanted: str, neutral: str) -> Float64:
    """(M,) in [-1, 1]: channels (M, D) along the way from one description to another.

    Raises:
        ConfigError: the channels were looked at by another CLIP, or both descriptions mean the same to it.
    """
    step = step_of_words(clip, wanted, neutral)
    if step.shape[0] != channels.shape[1]:
        raise ConfigError(
            f"The relevance of channels has {channels.shape[1]} numbers each, and the vectors of {clip.name} have "
            f"{step.shape[0]}; give the CLIP that it was made with."
        )
    return np.asarray((channels.double() @ step.double()).numpy(), np.float64)


def step_of_words(clip: Clip, wanted: str, neutral: str) -> Tensor:
    """(D,) of length 1: the way from one description to another.

    Raises:
        ConfigError: both mean the same to the CLIP.
    """
    with torch.inference_mode():
        ends = [F.normalize(clip.of_words(_described(text)).mean(0), dim=-1) for text in (wanted, neutral)]
    step = ends[0] - ends[1]
    if float(step.norm()) < 1e-6:
        raise ConfigError(
            f"'{wanted}' and '{neutral}' mean the same to {clip.name}; say --text or --neutral differently."
        )
    return F.normalize(step, dim=-1)


def _described(text: str) -> Sequence[str]:
    return [template.format(text) for template in TEMPLATES]


def unit_of(change: float) -> float:
    """By what a direction is multiplied so that 1 changes an attribute by one deviation, which no channel exceeds five.

    Args:
        change: for the direction as it is, in deviations of the attribute.
    """
    return float(min(1 / max(abs(change), 1e-9), PUSH))


def chosen_channels(relevance: Float64, spread: Float64, beta: float) -> tuple[Float64, int]:
    """What is added to the channels for a strength of 1, and how many channels there are.

    Args:
        relevance: of N or M channels.
        spread: σ of the same channels.
        beta: channels of less relevance stay as they are.

    Raises:
        ConfigError: none is as relevant.
    """
    strongest = float(np.abs(relevance).max())
    kept = np.abs(relevance) >= beta
    if not kept.any() or not strongest:
        raise ConfigError(f"No channel is as relevant as {beta:g}; the strongest is {strongest:.3g}: lower --beta.")
    return np.where(kept, relevance, 0) / strongest * spread, int(kept.sum())
