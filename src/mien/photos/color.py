"""Between a photo's own color space and sRGB bytes.

Without an embedded profile a photo is sRGB. A profile that cannot be used in both directions (damaged, for another
kind of picture, input only) is ignored, which reading notes; it is kept in the file all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from mien.types import Float64, Photo, Samples, UInt8

Box = tuple[int, int, int, int]

LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, on gamma-coded values, as JPEG and Pillow do

_STRIP_PIXELS = 1 << 20
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
_MODES = {"RGB": "RGB", "GRAY": "L"}
_BROKEN = (ImageCms.PyCMSError, OSError, ValueError, TypeError)  # what Pillow raises for profiles that make no sense


@dataclass(frozen=True)
class _Profile:
    """A usable profile: the way to sRGB and back, and Pillow's mode of its color space ("RGB" or "L")."""

    mode: str
    to_srgb: ImageCms.ImageCmsTransform
    from_srgb: ImageCms.ImageCmsTransform


def to_srgb(photo: Photo, box: Box | None = None) -> UInt8:
    """The picture as sRGB bytes; alpha is ignored, not composed.

    Args:
        photo: any photo.
        box: (x0, y0, x1, y1), whole pixels within the photo, to convert only that part.

    Returns:
        (h, w, 3) uint8. 16 bits become 8 by exact rounding. It may share memory with the photo: do not write to it.
    """
    x0, y0, x1, y1 = box or (0, 0, photo.width, photo.height)
    if not (0 <= x0 < x1 <= photo.width and 0 <= y0 < y1 <= photo.height):
        raise ValueError(f"box {box} is not within the photo of {photo.width} x {photo.height}")
    levels = _to_bytes(photo.pixels[y0:y1, x0:x1])
    profile = _profile(photo)
    if profile is None:
        return _expand(levels)
    return _apply(profile.to_srgb, levels if profile.mode == "L" else _expand(levels))


def from_srgb(patch: UInt8 | NDArray[np.floating], photo: Photo) -> Float64:
    """sRGB colors as samples of a photo: its color space, its channels, its range, not yet rounded.

    Args:
        patch: (h, w, 3) sRGB in [0, 255], uint8 or floating point.
        photo: says which color space, channels and depth.

    Returns:
        (h, w, C) in [0, 255] or [0, 65535]. Exact to the last digit without a profile; through one, which Pillow can
        only apply to bytes, to 1/255 of the range.
    """
    if patch.ndim != 3 or patch.shape[2] != 3:
        raise ValueError(f"patch must be (h, w, 3), got {patch.shape}")
    levels: Float64 = patch.astype(np.float64)
    profile = _profile(photo)
    if profile is not None:
        rounded: UInt8 = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
        levels = _apply(profile.from_srgb, rounded).astype(np.float64)
    if levels.shape[2] > photo.pixels.shape[2]:
        levels = levels @ LUMA[:, None]
    return levels * 257.0 if photo.bits == 16 else levels


def is_plain(photo: Photo) -> bool:
    """Whether a photo's samples are sRGB bytes as they are."""
    return photo.bits == 8 and photo.pixels.shape[2] == 3 and _profile(photo) is None


def is_usable(icc: bytes, channels: int) -> bool:
    """Whether a profile can be used for a picture of 1 or 3 channels, in both directions."""
    return _build(icc, channels) is not None


def cmyk_to_srgb(icc: bytes | None) -> Callable[[Image.Image], Image.Image]:
    """A function from CMYK to RGB images: through the profile if it is one for CMYK, by the plain formula otherwise."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(icc or b""))
        target = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, target, "CMYK", "RGB", _INTENT, _FLAGS)
    except _BROKEN:
        return lambda image: image.convert("RGB")
    return lambda image: ImageCms.applyTransform(image, transform) or image


def _profile(photo: Photo) -> _Profile | None:
    """The photo's transforms; None where it has no profile, an unusable one, or sRGB within rounding."""
    profile = None if photo.icc is None else _build(photo.icc, photo.pixels.shape[2])
    return None if profile is None or _is_srgb(profile) else profile


def _build(icc: bytes, channels: int) -> _Profile | None:
    try:
        own, srgb = ImageCms.ImageCmsProfile(BytesIO(icc)), ImageCms.createProfile("sRGB")
        mode = _MODES.get(own.profile.xcolor_space.strip())
        if mode is None or (mode == "L" and channels == 3):
            return None
        there = ImageCms.buildTransform(own, srgb, mode, "RGB", _INTENT, _FLAGS)
        back = ImageCms.buildTransform(srgb, own, "RGB", mode, _INTENT, _FLAGS)
    except _BROKEN:
        return None
    return _Profile(mode, there, back)


def _is_srgb(profile: _Profile) -> bool:
    """Whether the transform moves no color of a coarse cube by more than one level."""
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    if profile.mode == "L":
        cube = steps[None, :, None]
    else:
        cube = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(1, -1, 3)
    moved = _apply(profile.to_srgb, cube).astype(np.int16) - cube
    return bool(np.abs(moved).max() <= 1)


def _apply(transform: ImageCms.ImageCmsTransform, levels: UInt8) -> UInt8:
    """(h, w, 1 or 3) bytes through a transform, by strips: Pillow pads every pixel to four bytes."""
    height, width = levels.shape[:2]
    result: UInt8 | None = None
    step = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, step):
        strip = np.ascontiguousarray(levels[top : top + step])
        image = Image.fromarray(strip[..., 0] if strip.shape[2] == 1 else strip)
        moved = np.asarray(ImageCms.applyTransform(image, transform)).reshape(*strip.shape[:2], -1)
        if result is None:
            result = np.empty((height, width, moved.shape[2]), np.uint8)
        result[top : top + step] = moved
    assert result is not None
    return result


def _to_bytes(samples: Samples) -> UInt8:
    """16 to 8 bits, rounded: round(v / 257), computed exactly in integers."""
    if samples.dtype == np.uint8:
        return samples  # type: ignore[return-value]
    table: UInt8 = ((np.arange(65536, dtype=np.uint32) + 128) // 257).astype(np.uint8)
    return table[samples]


def _expand(levels: UInt8) -> UInt8:
    """Gray to three equal channels; RGB as it is."""
    return np.repeat(levels, 3, axis=2) if levels.shape[2] == 1 else levels
