"""Whether two pictures show the same person: the cosine of an identity network's embeddings; aligned faces."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor

from mien.evaluation.features import FeatureSpace
from mien.evaluation.metrics.base import Metric, Pair
from mien.losses.similarity import identity_loss
from mien.types import Float32, UInt8


def identity_similarity(embedding: Tensor, reference: Tensor) -> Tensor:
    """Embeddings (B, D) of pictures and of whom they shall show -> (B,), in [-1, 1]; 1 is the same vector."""
    return 1.0 - identity_loss(embedding, reference)


def picture_similarity(space: FeatureSpace, made: UInt8, wanted: UInt8) -> float:
    """Of two pictures (S, S, 3) uint8."""
    return float(identity_similarity(*(torch.from_numpy(space.features([one[None]])) for one in (made, wanted))))


def identity_metric(space: FeatureSpace) -> Metric:
    """The cosine in that space; the vector of what is wanted is kept, since many edits have the same original."""
    known: dict[bytes, Float32] = {}

    def measure(pair: Pair, mask: Float32 | None) -> float:
        key = hashlib.sha256(pair.wanted.tobytes()).digest()
        if key not in known:
            known[key] = space.features([pair.wanted[None]])
        vectors = space.features([pair.made[None]]), known[key]
        return float(identity_similarity(*map(torch.from_numpy, vectors)))

    return Metric(space.name("identity"), measure, judge=space.facts())
