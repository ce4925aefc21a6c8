"""What photos suffer, done to pictures that did not: color, light, blur, noise, compression, things in front.

Every function takes and gives (H, W, 3) uint8 RGB and draws from the generator that it is handed.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import UInt8

Rng = np.random.Generator


LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def color(image: UInt8, rng: Rng) -> UInt8:
    """Exposure, contrast, white balance, saturation, gamma; sometimes gray; sometimes very dark."""
    dark = rng.random() < 0.12
    exposure = rng.uniform(0.15, 0.5) if dark else rng.uniform(0.7, 1.25)
    curve = np.linspace(0, 1, 256) ** np.exp(rng.normal(0, 0.25)) * exposure
    curve = (curve - 0.5) * rng.uniform(0.7, 1.3) + 0.5 + rng.normal(0, 0.06)
    table = np.clip(curve[:, None] * np.exp(rng.normal(0, 0.08, 3)) * 255, 0, 255).astype(np.uint8)
    amount = np.float32(0.0 if rng.random() < 0.12 else rng.uniform(0.4, 1.5))
    saturate = amount * np.eye(3, dtype=np.float32) + (1 - amount) * LUMA
    return cv2.transform(cv2.LUT(np.ascontiguousarray(image), table[None]), saturate)


def shade(image: UInt8, rng: Rng) -> UInt8:
    """Light from one side: a smooth ramp of brightness in a random direction."""
    h, w = image.shape[:2]
    angle, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.8)
    x, y = np.linspace(-1, 1, w, dtype=np.float32), np.linspace(-1, 1, h, dtype=np.float32)
    ramp = np.cos(angle) * x[None] + np.sin(angle) * y[:, None] + rng.normal(0, 0.3)
    gain = (1 - strength / (1 + np.exp(-4 * ramp))).astype(np.float32)
    return cv2.multiply(image, cv2.merge([gain] * 3), dtype=cv2.CV_8U)


def blur(image: UInt8, rng: Rng) -> UInt8:
    """Out of focus, moved, or enlarged from fewer pixels."""
    h, w = image.shape[:2]
    kind = rng.integers(3)
    if kind == 0:
        return cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, h / 50)))
    if kind == 1:
        n = int(rng.integers(3, max(4, h // 12))) | 1
        kernel = np.zeros((n, n), np.float32)
        dx, dy = rng.normal(size=2)
        scale = (n // 2) / max(abs(dx), abs(dy))
        middle = n // 2
        cv2.line(kernel, (middle, middle), (round(middle + dx * scale), round(middle + dy * scale)), 1.0)
        return cv2.filter2D(image, -1, kernel / kernel.sum())
    factor = float(rng.uniform(1.5, 4))
    small = cv2.resize(image, (max(8, int(w / factor)), max(8, int(h / factor))), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (w, h), interpolation=int(rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC])))


def noise(image: UInt8, rng: Rng) -> UInt8:
    """Sensor noise, coarse or fine."""
    grain = rng.standard_normal(image.shape, dtype=np.float32) * np.float32(rng.uniform(2, 18))
    return np.clip(image + grain, 0, 255).astype(np.uint8)


def compress(image: UInt8, rng: Rng) -> UInt8:
    """JPEG at a low quality."""
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 75))])[1]
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def occlude(image: UInt8, rng: Rng, other: UInt8) -> UInt8:
    """Covers a part with an ellipse or a rotated bar, filled with a flat color or a piece of another picture."""
    h, w = image.shape[:2]
    mask = np.zeros((h, w), np.uint8)
    centre = (int(rng.uniform(0.1, 0.9) * w), int(rng.uniform(0.1, 0.9) * h))
    if rng.random() < 0.5:
        axes = (int(rng.uniform(0.04, 0.2) * w), int(rng.uniform(0.04, 0.2) * h))
        cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
    else:
        rect = (
            centre,
            (float(rng.uniform(0.05, 0.6) * w), float(rng.uniform(0.04, 0.2) * h)),
            float(rng.uniform(0, 180)),
        )
        cv2.fillPoly(mask, [cv2.boxPoints(rect).astype(np.int32)], 255)
    filling: UInt8 = np.roll(other, tuple(rng.integers(0, h, 2)), (0, 1))
    if rng.random() < 0.5:
        filling = np.broadcast_to(rng.integers(0, 256, 3).astype(np.uint8), image.shape)
    return np.where(mask[..., None] > 0, filling, image)


def distort(image: UInt8, rng: Rng) -> UInt8:
    """A random few of the above, in the order in which a camera does them."""
    for function, probability in ((shade, 0.2), (blur, 0.25), (color, 0.85), (noise, 0.25), (compress, 0.25)):
        if rng.random() < probability:
            image = function(image, rng)
    return image
