"""Files of directions: InterFaceGAN's, e4e's, GANSpace's and SeFa's.

Edits of GANSpace set a coordinate; here, as in most programs that use its files, a multiple of it is added.
"""

from __future__ import annotations

import math
from pathlib import Path

from torch import Tensor

from mien.checkpoints.directions import Direction
from mien.checkpoints.foreign.entries import Entries
from mien.errors import CorruptCheckpointError, UnknownCheckpointError

WIDEST = 4096
"""Length of a code that no generator exceeds."""

MOST_CODES = 64


def is_bare(entries: Entries) -> bool:
    """Whether a file is one array, such as InterFaceGAN's ``.npy`` and e4e's ``.pt``."""
    return entries.names == [""]


def load_bare(entries: Entries, name: str | None = None) -> list[Direction]:
    """(1, C), (C,), (1, L, C) or (L, C): W+ codes, or one code for all of them."""
    value = entries.tensor("")
    rows = math.prod(value.shape[:-1]) if value.ndim else 0
    if not 1 <= rows <= MOST_CODES:
        raise UnknownCheckpointError(f"{entries.source} holds {tuple(value.shape)} numbers; give one direction.")
    return [_direction(entries, name or _named(entries.source), value.reshape(rows, -1), "a bare array")]


def load_components(entries: Entries, name: str | None = None) -> list[Direction]:
    """GANSpace's ``.npz``: principal components of the latent codes."""
    return _components(entries, "lat_comp", "lat_stdev", name, "GANSpace")


def load_pca(entries: Entries, name: str | None = None) -> list[Direction]:
    """e4e's ``ffhq_pca.pt``."""
    return _components(entries, "comp", "std", name, "principal components (ffhq_pca)")


def load_factor(entries: Entries, name: str | None = None) -> list[Direction]:
    """Closed-form factors of rosinality's repository (SeFa): the columns of ``eigvec``."""
    vectors = entries.tensor("eigvec")
    if vectors.ndim != 2 or max(vectors.shape) > WIDEST:
        raise CorruptCheckpointError(f"{entries.source}: eigvec has the shape {tuple(vectors.shape)}; fetch it again.")
    prefix = name or "sefa"
    return [
        _direction(entries, f"{prefix}-{k}", vectors[:, k].reshape(1, -1), f"SeFa factor {k}")
        for k in range(vectors.shape[1])
    ]


def _components(entries: Entries, comp: str, std: str, name: str | None, layout: str) -> list[Direction]:
    found, spread = entries.tensor(comp), entries.tensor(std).reshape(-1)
    if found.ndim < 2 or len(spread) != len(found):
        shapes = f"{tuple(found.shape)} components with {len(spread)} deviations"
        raise CorruptCheckpointError(f"{entries.source} holds {shapes}; fetch it again.")
    prefix = name or "pca"
    return [
        _direction(entries, f"{prefix}-{k}", found[k].reshape(-1, found.shape[-1]), f"{layout} {k}", float(spread[k]))
        for k in range(len(found))
    ]


def _direction(entries: Entries, name: str, vector: Tensor, what: str, unit: float = 1.0) -> Direction:
    vector = vector.float()
    if vector.shape[1] > WIDEST or not vector.isfinite().all() or not math.isfinite(unit):
        raise CorruptCheckpointError(f"{entries.source}: {name} is no direction of finite numbers; fetch it again.")
    return Direction(name, vector, unit=unit, source=f"{entries.source}, {what}")


def _named(source: str) -> str:
    """The attribute in a file's name: ``stylegan_ffhq_smile_w_boundary.npy`` -> "smile"."""
    words = Path(source).stem.lower().replace("-", "_").split("_")
    told = [word for word in words if word not in USUAL and word.isalpha()]
    return "-".join(told) or "direction"


USUAL = {
    "stylegan",
    "stylegan2",
    "pggan",
    "ffhq",
    "celebahq",
    "w",
    "z",
    "wp",
    "boundary",
    "direction",
    "directions",
    "c",
}
"""Words in names of files that name no attribute."""
