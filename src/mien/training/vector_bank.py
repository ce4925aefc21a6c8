"""Pseudo text out of a bank: the vector of a picture that a model finds like another one stands for words about both.

A sentence is true of many pictures, and its vector lies among theirs. So instead of a picture's own vector with noise
(clip2latent, Pinkney and Li, 2022), one of the nearest of a bank is taken, as in KNN-Diffusion (Sheynin et al., 2022).

Legend: B batch, M vectors of the bank, D length.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mien.errors import DataError
from mien.types import Float32

SAME = 0.9999
"""Cosine above which a vector of the bank is that of the picture itself, which would tell all of it."""


@dataclass(frozen=True, eq=False)
class VectorBank:
    """Attributes:
    vectors: (M, D), unit length, on the CPU.
    nearest: of how many one is drawn, at least 1 and less than M.
    """

    vectors: Tensor
    nearest: int

    @classmethod
    def of(cls, vectors: Float32, nearest: int) -> VectorBank:
        """Of vectors (M, D) of any length above 0.

        Raises:
            DataError: they are too few, or none.
        """
        if vectors.ndim != 2 or not vectors.shape[1] or len(vectors) <= nearest or not np.isfinite(vectors).all():
            raise DataError(
                f"A bank of shape {vectors.shape} has no {nearest} neighbors; give more vectors of a CLIP (--clip of "
                "'mien data sample'), or a smaller --nearest."
            )
        return cls(F.normalize(torch.from_numpy(np.ascontiguousarray(vectors, np.float32)), dim=1), nearest)

    def near(self, seen: Tensor, rng: torch.Generator) -> Tensor:
        """For each of unit vectors (B, D) one of its nearest in the bank, (B, D), but not itself."""
        likeness = seen @ self.vectors.T
        likeness = torch.where(likeness > SAME, -2.0, likeness)
        places = likeness.topk(self.nearest, dim=1).indices
        drawn = torch.randint(self.nearest, (len(seen), 1), generator=rng)
        return self.vectors[places.gather(1, drawn)[:, 0]]


def read_bank(path: Path, length: int) -> Float32:
    """Vectors (M, D) of a ``.npy`` file.

    Raises:
        DataError: it is none, or they have another length than ``length``.
    """
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path} is no array of numpy; give the vectors of a CLIP as .npy.") from error
    if vectors.ndim != 2 or vectors.shape[1] != length:
        raise DataError(f"{path.name} has the shape {vectors.shape}; the pairs' vectors have a length of {length}.")
    return np.asarray(vectors, np.float32)
