"""Codes nearer to what is typical: multi-modal truncation (Mokady et al., 2022). Legend: n faces, K centers."""

from __future__ import annotations

import numpy as np

from mien.types import Float32


def truncated(codes: Float32, centres: Float32, psi: float) -> Float32:
    """Codes (n, L, C) moved towards the nearest center (K, C) of each: the nearest to the mean of its L codes."""
    if psi == 1:
        return codes
    away = np.linalg.norm(codes.mean(1)[:, None] - centres[None], axis=-1)
    centre = centres[away.argmin(1)][:, None]
    moved: Float32 = (centre + np.float32(psi) * (codes - centre)).astype(np.float32)
    return moved
