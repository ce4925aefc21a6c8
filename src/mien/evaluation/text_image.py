"""How well pictures go with words, from the embeddings of an image–text network such as CLIP. Letters: B, D length."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.checkpoints.clip import Clip
from mien.errors import DataError
from mien.evaluation.meters import MeanMeter, Pair
from mien.losses.similarity import directional_loss
from mien.pixels import to_tensor
from mien.types import UInt8

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


def text_meter(clip: Clip, texts: Mapping[str, str]) -> MeanMeter:
    """The score of every picture with its sentence, and the directional similarity from what it was made from.

    Args:
        clip: judges; not the one alone that guided the edits.
        texts: by the name of the pair.
    """

    @torch.inference_mode()
    def measure(pair: Pair) -> dict[str, float]:
        if pair.name not in texts:
            raise DataError(f"There is no sentence for {pair.name}; add one to the file of texts.")
        words, source = clip.of_words([texts[pair.name], SOURCE])
        made, before = (clip.of_pictures(one) for one in pair.tensors())
        values = {clip.score_name: float(clip_score(made, words))}
        if not torch.equal(made, before):  # equal pictures have no direction
            values[f"directional similarity ({clip.name})"] = float(directional_similarity(made, before, words, source))
        return values

    return MeanMeter(measure, clip.name, clip.resize, clip.facts())
