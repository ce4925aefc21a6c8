"""Whether two pictures show the same person: the cosine of an identity network's embeddings."""

from __future__ import annotations

from torch import Tensor

from mien.losses.similarity import identity_loss


def identity_similarity(embedding: Tensor, reference: Tensor) -> Tensor:
    """Embeddings (B, D) of pictures and of whom they shall show -> (B,), in [-1, 1]; 1 is the same vector."""
    return 1.0 - identity_loss(embedding, reference)
