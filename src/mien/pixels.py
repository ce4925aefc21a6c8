"""The only place where bytes become tensors and back.

Bytes are sRGB uint8 in [0, 255], (H, W, 3) or (B, H, W, 3). Tensors are float32 in [-1, 1], (B, 3, H, W).
The map is affine and the round trip of every byte is exact. Planes are what tensors are, as arrays of NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mien.types import Float32, UInt8

if TYPE_CHECKING:
    import torch


LEVELS = 127.5
"""Of a byte that are one unit of a tensor."""


def to_tensor(pixels: UInt8) -> torch.Tensor:
    """Bytes to a batch: (H, W, 3) or (B, H, W, 3) uint8 -> (B, 3, H, W) float32 in [-1, 1]."""
    import torch

    own = np.require(_batch(pixels), requirements=["C", "W"])  # a tensor must not share memory that is read-only
    tensor = torch.from_numpy(own).permute(0, 3, 1, 2)
    return scale_bytes(tensor)


def to_planes(pixels: UInt8) -> Float32:
    """The same as an array: (H, W, 3) or (B, H, W, 3) uint8 -> (B, 3, H, W) float32 in [-1, 1]."""
    planes = np.empty_like(_batch(pixels).transpose(0, 3, 1, 2), np.float32, order="C")
    np.divide(_batch(pixels).transpose(0, 3, 1, 2), np.float32(127.5), out=planes, dtype=np.float32)
    planes -= 1.0
    return planes


def _batch(pixels: UInt8) -> UInt8:
    batch = pixels[None] if pixels.ndim == 3 else pixels
    if batch.ndim != 4 or batch.shape[3] != 3 or batch.dtype != np.uint8:
        raise ValueError(f"expected (B, H, W, 3) uint8, got {pixels.shape} {pixels.dtype}")
    return batch


def scale_bytes(batch: torch.Tensor) -> torch.Tensor:
    """A uint8 tensor of any shape -> float32 in [-1, 1], same shape, on the same device."""
    return batch.float() / 127.5 - 1.0


def round_to_bytes(batch: torch.Tensor) -> torch.Tensor:
    """The inverse: a tensor of any shape in [-1, 1] -> uint8; values outside are clipped."""
    return ((batch.detach().float().clamp(-1.0, 1.0) + 1.0) * 127.5).round().byte()


def to_bytes(batch: torch.Tensor) -> UInt8:
    """A batch to bytes: (B, 3, H, W) in [-1, 1] -> (B, H, W, 3) uint8; values outside are clipped."""
    array: UInt8 = _levels(batch).round().byte().permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return array


def to_pixels(planes: Float32) -> UInt8:
    """The same for an array: (B, 3, H, W) in [-1, 1] -> (B, H, W, 3) uint8; values outside are clipped."""
    pixels: UInt8 = np.rint(planes_to_levels(planes)).astype(np.uint8)
    return pixels


def each_channel(weight: Float32, channels: int) -> Float32:
    """(h, w) -> (h, w, C), the same for all: NumPy takes 1.4 times as long where it repeats it by itself."""
    return np.asarray(cv2.merge([weight] * channels), np.float32).reshape(*weight.shape, channels)


def planes_to_levels(planes: Float32) -> Float32:
    """The same without rounding: (B, 3, H, W) in [-1, 1] -> (B, H, W, 3) float32 in [0, 255]."""
    levels: Float32 = (np.clip(planes, -1.0, 1.0) + np.float32(1)) * np.float32(127.5)
    return np.ascontiguousarray(levels.transpose(0, 2, 3, 1))


def to_levels(batch: torch.Tensor) -> Float32:
    """The same without rounding: (B, 3, H, W) in [-1, 1] -> (B, H, W, 3) float32 in [0, 255]."""
    array: Float32 = _levels(batch).permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return array


def _levels(batch: torch.Tensor) -> torch.Tensor:
    if batch.ndim != 4 or batch.shape[1] != 3:
        raise ValueError(f"expected (B, 3, H, W), got {tuple(batch.shape)}")
    return (batch.detach().float().clamp(-1.0, 1.0) + 1.0) * 127.5
