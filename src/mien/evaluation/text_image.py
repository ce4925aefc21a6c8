"""How well pictures go with words, from the embeddings of an image–text network such as CLIP. Letters: B, D length."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from mien.losses.similarity import directional_loss


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
