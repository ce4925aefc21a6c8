"""How well pictures go with words, from the embeddings of an image-text network such as CLIP. Letters: B, D length."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.checkpoints.clip import Clip
from mien.evaluation.metrics.base import Metric, Pair
from mien.losses.similarity import directional_loss
from mien.pixels import to_tensor
from mien.types import Float32, UInt8

SOURCE = "face"
"""What the pictures show that edits start from, in a word."""


def clip_score(image: Tensor, text: Tensor) -> Tensor:
    """100 · max(cos, 0), (B,), as tables of edits print it; Hessel et al. (2021) scale by 2.5 instead.

    Args:
        image: (B, D) embeddings of the pictures.
        text: (B, D) or (D,) embeddings of what they shall show.
    """
    return 100 * F.cosine_similarity(image.float(), text.float().expand_as(image), dim=-1).clamp(min=0)


def directional_similarity(image: Tensor, source: Tensor, text: Tensor, source_text: Tensor) -> Tensor:
    """cos(E(image) − E(source), E(text) − E(source text)), (B,), in [-1, 1] (Gal et al., 2022).

    Args:
        image, source: (B, D) embeddings of the edited pictures and of what they were made from.
        text, source_text: (B, D) or (D,) embeddings of what is wanted and of what is there.
    """
    return 1.0 - directional_loss(image, source, text, source_text)


@torch.inference_mode()
def score(clip: Clip, picture: UInt8, text: str) -> float:
    """:func:`clip_score` of one picture (H, W, 3) uint8 and a sentence."""
    return float(clip_score(clip.of_pictures(to_tensor(picture)), clip.of_words([text])))


def text_metrics(clip: Clip) -> list[Metric]:
    """The score of a picture with its sentence, and the directional similarity from what it was made from.

    Pairs without a sentence are not measured.
    """

    def measure_score(pair: Pair, mask: Float32 | None) -> float | None:
        return score(clip, pair.made, pair.text) if pair.text else None

    @torch.inference_mode()
    def measure_direction(pair: Pair, mask: Float32 | None) -> float | None:
        if not pair.text or (pair.made == pair.wanted).all():  # equal pictures have no direction
            return None
        words, source = clip.of_words([pair.text, SOURCE])
        made, before = (clip.of_pictures(one) for one in pair.tensors)
        return float(directional_similarity(made, before, words, source))

    direction = f"directional similarity ({clip.name})"
    return [
        Metric(clip.score_name, measure_score, judge=clip.facts()),
        Metric(direction, measure_direction, judge=clip.facts(), in_protocol=False),
    ]
