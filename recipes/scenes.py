"""Scenes with faces in known places, for the detector: portraits pasted over backgrounds that hold no face.

A scene of 224 pixels is what one level of the detector's image pyramid may look like: faces whose FFHQ square is 24 to
120 pixels wide (larger scenes hold larger faces), alone, close up or in a group, with clutter, enlarged cloth and hair,
cut-up faces and texture behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mien.types import Float32, UInt8
from recipes.distort import Rng, distort, occlude
from recipes.portraits import Portraits

PLAIN_PICTURES = (
    "brick",
    "grass",
    "gravel",
    "coffee",
    "chelsea",
    "rocket",
    "hubble_deep_field",
    "coins",
    "page",
    "text",
    "moon",
)
"""Names in skimage.data that show no human face and come with the wheel."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture and its faces.

    Attributes:
        image: (S, S, 3) uint8 RGB.
        faces: (K, 4) float32: center x, center y, side of the FFHQ square in pixels, roll in radians.
    """

    image: UInt8
    faces: Float32


def plain_pictures() -> list[UInt8]:
    """Face-free pictures out of scikit-image, RGB."""
    import skimage.data

    folder = Path(skimage.data.__file__).parent
    found = [path for name in PLAIN_PICTURES for path in folder.glob(f"{name}.*")]
    return [cv2.imread(str(path))[..., ::-1].copy() for path in found]


def blend(front: UInt8, behind: UInt8, weight: UInt8) -> UInt8:
    """``front`` where ``weight`` (H, W) is 255, ``behind`` where it is 0."""
    share = cv2.merge([weight] * 3)
    return cv2.add(cv2.multiply(front, share, scale=1 / 255), cv2.multiply(behind, 255 - share, scale=1 / 255))


class SceneMaker:
    """Draws scenes of side ``size`` out of one split of portraits."""

    def __init__(self, portraits: Portraits, size: int, weights: Float32 | None = None) -> None:
        self.portraits, self.size = portraits, size
        self.share = np.cumsum(np.ones(len(portraits)) if weights is None else weights)
        self.plain = plain_pictures()
        # Portraits at several sizes, so that shrinking one to 30 pixels is anti-aliased and cheap.
        self.images = {
            s: [cv2.resize(i, (s, s), interpolation=cv2.INTER_AREA) for i in portraits.images] for s in (128, 64, 32)
        }
        self.person = {
            s: [cv2.resize(i, (s, s), interpolation=cv2.INTER_AREA) for i in portraits.person] for s in (128, 64, 32)
        }
        self.images[256], self.person[256] = list(portraits.images), list(portraits.person)

    def draw(self, rng: Rng) -> Scene:
        """One scene: nobody (1 in 6), one close-up (1 in 4), or up to six people."""
        kind = rng.random()
        canvas = self.background(rng)
        count = 0 if kind < 0.17 else 1 if kind < 0.42 else int(rng.integers(1, 7))
        faces: list[tuple[float, float, float, float]] = []
        for _ in range(count):
            low, high = (40, 120) if count == 1 else (24, 80)
            side = float(np.exp(rng.uniform(np.log(low), np.log(high)))) * self.size / 224
            x, y = rng.uniform(0.05, 0.95, 2) * self.size
            roll = float(np.deg2rad(rng.uniform(-50, 50) if rng.random() < 0.35 else rng.normal(0, 9)))
            if all(np.hypot(x - fx, y - fy) > 0.45 * (side + fs) for fx, fy, fs, _ in faces):
                # Only the first may fill the canvas behind it: a later one would paint over the faces before it.
                canvas = self.paste(canvas, x, y, side, roll, rng, fill=not faces and rng.random() < 0.4)
                faces.append((x, y, side, roll))
        if rng.random() < 0.1:
            canvas = occlude(canvas, rng, self.background(rng))
        return Scene(distort(canvas, rng), np.array(faces, np.float32).reshape(-1, 4))

    def paste(self, canvas: UInt8, x: float, y: float, side: float, roll: float, rng: Rng, fill: bool) -> UInt8:
        """One portrait over the canvas: cut out along the person, or with its own background as a photo has it."""
        i = min(int(np.searchsorted(self.share, rng.random() * self.share[-1])), len(self.portraits) - 1)
        source = next(s for s in (32, 64, 128, 256) if s >= min(side, 256))
        image, person = self.images[source][i], self.person[source][i]
        if rng.random() < 0.5:
            image, person = image[:, ::-1], person[:, ::-1]
        k, cos, sin = side / source, np.cos(roll), np.sin(roll)
        linear = np.array([[cos, -sin], [sin, cos]]) * k
        matrix = np.hstack([linear, (np.array([x, y]) - linear @ (source / 2, source / 2))[:, None]])
        matrix[:, 2] += linear @ (0.5, 0.5) - 0.5
        shape = (self.size, self.size)
        alpha = np.full_like(person, 255) if fill or rng.random() < 0.3 else np.ascontiguousarray(person)
        # Stretching the portrait's last row and column outwards continues shoulders and backdrop to the canvas' edge.
        border = cv2.BORDER_REPLICATE if fill else cv2.BORDER_CONSTANT
        weight = cv2.warpAffine(alpha, matrix, shape, flags=cv2.INTER_LINEAR, borderMode=border)
        front = cv2.warpAffine(
            np.ascontiguousarray(image), matrix, shape, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        if not fill and rng.random() < 0.5:
            front = distort(front, rng)
        return blend(front, canvas, weight)

    def background(self, rng: Rng) -> UInt8:
        """Something without a face: drawn, a plain picture, an enlarged piece of a portrait, cut-up faces, or a mix."""
        kind = rng.random()
        if kind < 0.2:
            return self.drawn(rng)
        if kind < 0.45:
            return self.piece(self.plain[rng.integers(len(self.plain))], rng, rng.uniform(0.4, 2))
        if kind < 0.75:
            return self.enlarged(rng)
        if kind < 0.9:
            return self.shuffled(rng)
        weight = cv2.resize(
            rng.random((4, 4)).astype(np.float32), (self.size, self.size), interpolation=cv2.INTER_CUBIC
        )
        return blend(self.enlarged(rng), self.drawn(rng), (np.clip(weight * 3 - 1, 0, 1) * 255).astype(np.uint8))

    def piece(self, image: UInt8, rng: Rng, scale: float) -> UInt8:
        """A random square of a picture, turned and scaled to fill the canvas."""
        h, w = image.shape[:2]
        angle = rng.uniform(0, 360)
        matrix = cv2.getRotationMatrix2D(
            (float(rng.uniform(0, w)), float(rng.uniform(0, h))), float(angle), float(scale)
        )
        return cv2.warpAffine(
            image, matrix, (self.size, self.size), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT
        )

    def enlarged(self, rng: Rng) -> UInt8:
        """Cloth, neck, hair, backdrop: a corner of a portrait, so close that no face fits in."""
        image = self.portraits.images[rng.integers(len(self.portraits))]
        side = int(rng.uniform(30, 75))
        x = int(rng.choice([rng.uniform(0, 20), rng.uniform(236 - side, 256 - side)]))
        y = int(rng.choice([rng.uniform(0, 20), rng.uniform(236 - side, 256 - side)]))
        return cv2.resize(image[y : y + side, x : x + side], (self.size, self.size), interpolation=cv2.INTER_LINEAR)

    def shuffled(self, rng: Rng) -> UInt8:
        """Portraits cut into tiles that are dealt anew: eyes, noses and mouths, but no face."""
        n = int(rng.choice([4, 6, 8]))
        side = -(-self.size // n)
        source = cv2.resize(
            self.portraits.images[rng.integers(len(self.portraits))], (side * 6, side * 6), interpolation=cv2.INTER_AREA
        )
        rows = [
            [source[r * side : (r + 1) * side, c * side : (c + 1) * side] for r, c in rng.integers(0, 6, (n, 2))]
            for _ in range(n)
        ]
        return np.vstack([np.hstack(row) for row in rows])[: self.size, : self.size].copy()

    def drawn(self, rng: Rng) -> UInt8:
        """Cloudy color, and on it lines, discs, boxes and letters."""
        cells = int(rng.choice([2, 4, 8, 32]))
        cloud = rng.integers(0, 256, (cells, cells, 3)).astype(np.uint8)
        canvas = cv2.resize(cloud, (self.size, self.size), interpolation=cv2.INTER_CUBIC)
        for _ in range(int(rng.integers(0, 25))):
            color = tuple(int(v) for v in rng.integers(0, 256, 3))
            a, b = (tuple(int(v) for v in rng.integers(0, self.size, 2)) for _ in range(2))
            match rng.integers(4):
                case 0:
                    cv2.line(canvas, a, b, color, int(rng.integers(1, 6)), cv2.LINE_AA)
                case 1:
                    cv2.circle(
                        canvas,
                        a,
                        int(rng.integers(2, self.size // 5)),
                        color,
                        int(rng.choice([-1, 1, 3])),
                        cv2.LINE_AA,
                    )
                case 2:
                    cv2.rectangle(canvas, a, b, color, int(rng.choice([-1, 1, 3])))
                case _:
                    text = "".join(chr(c) for c in rng.integers(65, 123, 6))
                    cv2.putText(
                        canvas, text, a, int(rng.integers(0, 6)), float(rng.uniform(0.4, 1.5)), color, 1, cv2.LINE_AA
                    )
        return canvas
