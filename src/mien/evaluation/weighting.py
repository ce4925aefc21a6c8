"""Means over a picture, or over the part of it that a mask marks."""

from __future__ import annotations

from torch import Tensor

from mien.errors import DataError


def masked_mean(values: Tensor, mask: Tensor | None) -> Tensor:
    """(B, C, H, W) -> (B,): the mean over channels and pixels.

    Args:
        values: one for each channel and pixel.
        mask: (B, 1, H, W) in [0, 1], how much each pixel counts; None for all alike.

    Raises:
        DataError: a mask is empty.
    """
    if mask is None:
        return values.mean((1, 2, 3))
    if mask.shape[-2:] != values.shape[-2:] or mask.shape[1] != 1:
        raise ValueError(f"a mask of {tuple(mask.shape)} does not fit values of {tuple(values.shape)}")
    weight = mask.to(values)
    total = weight.sum((1, 2, 3))
    if not (total > 0).all():
        raise DataError("A mask marks nothing to measure; leave the pair out, or paint the mask.")
    return (values.mean(1, keepdim=True) * weight).sum((1, 2, 3)) / total
