"""Truncation: trading variety for quality by moving codes towards a center.

Letters: B batch, L codes, C length of a code, K centers.
"""

from __future__ import annotations

import torch
from torch import Tensor


def truncate(w_plus: Tensor, centre: Tensor, psi: float, cutoff: int | None = None) -> Tensor:
    """center + psi·(w − center) for the first ``cutoff`` codes; the others are left as they are.

    Args:
        w_plus: (B, L, C).
        centre: (C,) one for all, or (B, C) one for each.
        psi: 1 changes nothing, 0 gives the center.
        cutoff: number of codes, from the coarsest, to truncate; None for all.
    """
    if psi == 1.0:
        return w_plus
    towards = centre.reshape(-1, 1, centre.shape[-1])
    head = towards + psi * (w_plus[:, :cutoff] - towards)
    return head if cutoff is None else torch.cat([head, w_plus[:, cutoff:]], dim=1)


def nearest_centres(w: Tensor, centres: Tensor) -> Tensor:
    """The center that is closest to each code: w (B, C), centers (K, C) -> (B, C).

    Multi-modal truncation (Mokady et al., 2022, "Self-Distilled StyleGAN") moves each code towards the center of its
    own cluster, so that truncated pictures keep the modes of the data.
    """
    nearest = torch.cdist(w.float(), centres.float()).argmin(dim=1)
    return centres[nearest]


def cluster_centres(w: Tensor, count: int, seed: int = 0) -> Tensor:
    """k-means of codes: w (N, C) -> (count, C), float32, the largest cluster first; the same seed, the same centers.

    Raises:
        ValueError: fewer codes than clusters.
    """
    import cv2
    import numpy as np

    if len(w) < count:
        raise ValueError(f"{len(w)} codes cannot make {count} clusters")
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 100, 1e-4)
    codes = w.detach().float().cpu().numpy()
    cv2.setRNGSeed(seed)
    _, labels, centres = cv2.kmeans(codes, count, None, criteria, 3, cv2.KMEANS_PP_CENTERS)
    order = np.argsort(-np.bincount(labels[:, 0], minlength=count), kind="stable")
    return torch.from_numpy(centres[order])
