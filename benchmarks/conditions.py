"""How long conditions take to extract: a training batch, and one user's face.

    python -m benchmarks.conditions

A batch of 8 at 256 px with all modalities (sketch, half of them thinned; one-hot semantics; color, a quarter of it by
superpixels), then dropped, from pictures and labels made of noise and blobs; and one user's face at 512 px.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import numpy as np
import torch

from mien.conditions.dropping import drop
from mien.conditions.extract import conditions_of, extract
from mien.pixels import to_bytes
from mien.types import UInt8


def scene(count: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Smooth pictures with some noise, and labels in blobs: (B, 3, S, S) in [-1, 1] and (B, S, S) uint8."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(count, 3, 12, 12, generator=generator) * 2 - 1
    image = torch.nn.functional.interpolate(coarse, (size, size), mode="bicubic").clamp(-1, 1)
    blobs = torch.rand(count, 19, 6, 6, generator=generator)
    labels = torch.nn.functional.interpolate(blobs, (size, size), mode="bilinear").argmax(1).to(torch.uint8)
    return image + 0.02 * torch.randn(image.shape, generator=generator), labels


def median(function: Callable[[], object], repeats: int = 15) -> float:
    """Milliseconds, after three calls that do not count."""
    times = []
    for _ in range(repeats + 3):
        begun = time.perf_counter()
        function()
        times.append(time.perf_counter() - begun)
    return float(np.median(times[3:]) * 1000)


def main() -> None:
    torch.set_num_threads(2)
    generator = torch.Generator().manual_seed(0)
    image, labels = scene(8, 256)
    layers = extract(image, labels, generator)
    one, map_ = scene(1, 512)
    face: UInt8 = to_bytes(one)[0]
    result = {
        "extract_batch_of_8_at_256_ms": median(lambda: extract(image, labels, generator)),
        "drop_batch_of_8_at_256_ms": median(lambda: drop(layers, generator)),
        "one_users_face_at_512_ms": median(lambda: conditions_of(face, map_[0].numpy())),
    }
    print(json.dumps({name: round(value, 1) for name, value in result.items()}, indent=2))


if __name__ == "__main__":
    main()
