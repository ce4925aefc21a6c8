"""Glasses drawn and hats pasted onto portraits, with their labels: what the parser sees too seldom.

Frames are drawn along the face's axes with rims, bridge and temples back to the ears; lenses are clear, tinted or
dark. Hats are cut out of portraits that wear one and moved by the similarity between the two faces.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.conditions.labels import INDEX, UNKNOWN
from mien.types import Float32, Float64, UInt8
from recipes.distort import Rng
from recipes.parser_colors import closed

SHIFT = 4
FACE = (10, 151, 33, 263, 127, 356, 168, 234, 454, 21, 251, 54, 284)
"""Points by which a hat is placed: forehead, temples, eyes."""


def rim(rng: Rng) -> Float64:
    """(48, 2) outline of the right lens about the eye's center, in distances between the outer corners of the eyes."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    a = rng.uniform(0.19, 0.33)
    b = a * rng.uniform(0.5, 1.0)
    power = rng.choice([1.0, 0.8, 0.55])
    x, y = (
        np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power,
        np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power,
    )
    x = x * (1 - rng.uniform(-0.02, 0.12) * y)  # narrower below, as most are
    y = y + rng.uniform(-0.1, 0.06) * x
    return np.stack([x * a, y * b], 1) + (rng.uniform(-0.01, 0.03), rng.uniform(-0.01, 0.07))


def draw_glasses(image: UInt8, labels: UInt8, points: Float32, rng: Rng) -> tuple[UInt8, UInt8]:
    """One face with glasses; (H, W, 3) RGB and (H, W) labels in, both out."""
    left, right = points[33, :2].astype(np.float64), points[263, :2].astype(np.float64)
    axis = right - left
    unit = float(np.linalg.norm(axis))
    turn = np.array([[axis[0], -axis[1]], [axis[1], axis[0]]])
    inner = points[[133, 362], :2].astype(np.float64)
    right_rim = rim(rng)
    middle = points[168, :2] * 0.5 + points[6, :2] * 0.5
    rims = []
    for side, outer, corner in ((-1, left, inner[0]), (1, right, inner[1])):
        squeeze = np.clip(np.linalg.norm(outer - corner) / (0.33 * unit), 0.5, 1.3)
        shape = right_rim * (side * squeeze, 1)
        rims.append(shape @ turn.T + (outer + corner) / 2)
    line = max(1.0, unit * float(rng.choice([rng.uniform(0.008, 0.02), rng.uniform(0.02, 0.075)])))
    lens, frame = np.zeros(labels.shape, np.uint8), np.zeros(labels.shape, np.uint8)
    rimless = rng.random() < 0.12
    for one in rims:
        cv2.fillPoly(lens, [_fixed(one)], 255, cv2.LINE_AA, SHIFT)
        if not rimless:
            half = rng.random() < 0.08
            cv2.polylines(
                frame, [_fixed(one[24:] if half else one)], not half, 255, max(1, round(line)), cv2.LINE_AA, SHIFT
            )
    near = [rims[0][rims[0] @ axis == (rims[0] @ axis).max()][0], rims[1][rims[1] @ axis == (rims[1] @ axis).min()][0]]
    lift = turn[:, 1] * rng.uniform(-0.12, -0.02)
    bridge = np.array([near[0] + lift * 0.5, middle + lift, near[1] + lift * 0.5])
    cv2.polylines(frame, [_fixed(bridge)], False, 255, max(1, round(line * 0.9)), cv2.LINE_AA, SHIFT)
    temples = np.zeros_like(frame)
    for index, one in enumerate(rims):
        outer = one[one @ axis == ((one @ axis).min() if index == 0 else (one @ axis).max())][0] + lift * 0.7
        ear = points[(127, 356)[index], :2] * 0.6 + points[(234, 454)[index], :2] * 0.4 + lift * 0.3
        if np.dot(ear - outer, axis * (-1, 1)[index] / unit) > 0.02 * unit:
            cv2.polylines(
                temples, [_fixed(np.array([outer, ear]))], False, 255, max(1, round(line * 0.9)), cv2.LINE_AA, SHIFT
            )
    temples[labels == INDEX["hair"]] //= int(rng.choice([1, 255]))  # hair often hides them
    return _shade(image, labels, lens, np.maximum(frame, temples), rng)


def _shade(image: UInt8, labels: UInt8, lens: UInt8, frame: UInt8, rng: Rng) -> tuple[UInt8, UInt8]:
    dark = rng.random() < 0.25
    opacity = rng.uniform(0.6, 0.97) if dark else max(0.0, rng.normal(0.0, 0.12))
    tint = rng.integers(0, 70, 3) if dark else rng.integers(0, 256, 3)
    glass = lens.astype(np.float32)[..., None] / 255 * np.float32(opacity)
    picture = image * (1 - glass) + glass * tint.astype(np.float32)
    if rng.random() < 0.4:  # a reflection: a bright ramp across the lenses
        angle = rng.uniform(0, 2 * np.pi)
        y, x = np.mgrid[: len(lens), : lens.shape[1]].astype(np.float32) / len(lens) - 0.5
        ramp = np.clip(np.sin((x * np.cos(angle) + y * np.sin(angle)) * rng.uniform(6, 40) + rng.uniform(0, 6)), 0, 1)
        picture += (ramp * lens / 255 * rng.uniform(10, 120))[..., None].astype(np.float32)
    shadow = cv2.GaussianBlur(np.roll(frame, int(rng.integers(1, 5)), 0), (0, 0), 1.5).astype(np.float32)[..., None]
    picture *= 1 - shadow / 255 * np.float32(rng.uniform(0, 0.35))
    color = rng.integers(0, 60, 3) if rng.random() < 0.6 else rng.integers(0, 256, 3)
    solid = frame.astype(np.float32)[..., None] / 255 * np.float32(rng.uniform(0.75, 1))
    picture = picture * (1 - solid) + solid * color.astype(np.float32)
    out = labels.copy()
    inside, eyes = lens > 127, np.isin(labels, [INDEX[n] for n in ("left_eye", "right_eye", "left_brow", "right_brow")])
    out[inside if opacity > 0.75 else inside & ~eyes] = INDEX["glasses"]
    out[frame > 100] = INDEX["glasses"]
    return np.clip(picture, 0, 255).astype(np.uint8), out


def _fixed(points: Float64) -> np.ndarray:
    return np.round((points - 0.5) * 2**SHIFT).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Hat:
    """A hat on somebody's head.

    Attributes:
        image: (S, S, 3) uint8 RGB.
        mask: (S, S) uint8, 255 where the hat is.
        points: (478, 3) landmarks of its wearer.
    """

    image: UInt8
    mask: UInt8
    points: Float32


def put_hat(image: UInt8, labels: UInt8, points: Float32, hat: Hat, rng: Rng) -> tuple[UInt8, UInt8]:
    """The hat on another head, in another light; hair that stands out above it stays hair."""
    flip = rng.random() < 0.5
    source, mask, marks = hat.image, hat.mask, hat.points[list(FACE), :2].astype(np.float64)
    if flip:
        source, mask = np.ascontiguousarray(source[:, ::-1]), np.ascontiguousarray(mask[:, ::-1])
        marks = (marks * (-1, 1) + (source.shape[1], 0))[[0, 1, 3, 2, 5, 4, 6, 8, 7, 10, 9, 12, 11]]
    matrix = _similarity(marks, points[list(FACE), :2].astype(np.float64))
    matrix[:, :2] *= 1.04
    matrix[:, 2] = points[list(FACE), :2].mean(0) - matrix[:, :2] @ marks.mean(0)
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    shape = labels.shape[::-1]
    front = cv2.warpAffine(source, matrix, shape, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    weight = cv2.warpAffine(mask, matrix, shape, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    gain = np.exp(rng.normal(0, 0.25, 3) * 0.6 + rng.normal(0, 0.2))
    front = np.clip(front.astype(np.float32) * gain, 0, 255)
    soft = cv2.GaussianBlur(weight, (0, 0), 0.7).astype(np.float32)[..., None] / 255
    picture = (image * (1 - soft) + front * soft).astype(np.uint8)
    out = labels.copy()
    out[weight > 127] = INDEX["hat"]
    out[(weight > 40) & (weight <= 127)] = UNKNOWN
    return picture, out


def _similarity(source: Float64, target: Float64) -> Float64:
    """(2, 3) least-squares similarity (Umeyama 1991) from source to target points."""
    a, b = source - source.mean(0), target - target.mean(0)
    norm = (a**2).sum()
    c = (a * b).sum() / norm
    s = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / norm
    linear = np.array([[c, -s], [s, c]])
    return np.hstack([linear, (target.mean(0) - linear @ source.mean(0))[:, None]])


def solid_hat(labels: UInt8) -> UInt8:
    """A hat's mask without holes, 0 or 255."""
    return closed(labels == INDEX["hat"], 3).astype(np.uint8) * 255
