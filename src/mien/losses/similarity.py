"""Losses on embeddings of pictures.

    L_id  = 1 − cos(A(x), A(y))                              (11, 18)  A an identity network
    L_dir = 1 − cos(E_I(x) − E_I(x₀), E_T(t) − E_T(t₀))      (5)       E_I, E_T an image–text network

Letters: B batch, D length of an embedding.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def identity_loss(embedding: Tensor, wanted: Tensor) -> Tensor:
    """Embeddings (B, D) of pictures and of whom they shall show -> (B,), in [0, 2]."""
    assert embedding.shape == wanted.shape, f"{tuple(embedding.shape)} against {tuple(wanted.shape)}"
    return 1.0 - F.cosine_similarity(embedding.float(), wanted.float(), dim=-1)


def directional_loss(
    image: Tensor, source: Tensor, text: Tensor, source_text: Tensor, *, least: float = 1e-8
) -> Tensor:
    """How far the pictures moved from the direction that the words moved in (Gal et al., 2022, "StyleGAN-NADA").

    Args:
        image, source: (B, D) embeddings of the edited pictures and of what they were made from.
        text, source_text: (B, D) or (D,) embeddings of what is wanted and of what is there ("face").
        least: a shorter move counts as one of this length; without it, the gradient at the source is infinite.

    Returns:
        (B,), in [0, 2].
    """
    moved = F.normalize(image.float(), dim=-1) - F.normalize(source.float(), dim=-1)
    wanted = F.normalize(text.float(), dim=-1) - F.normalize(source_text.float(), dim=-1)
    return 1.0 - F.cosine_similarity(moved, wanted.expand_as(moved), dim=-1, eps=least)
