"""How the bundled network that corrects the border of dyed hair was trained: on hair whose dye is known exactly.

    python -m recipes.border_data --data DATA/wide --out BORDERS
    python -m recipes.border_data --data DATA/wide --out HELD --split val
    python -m recipes.border --borders BORDERS --held HELD --weights WEIGHTS --out runs/hair-border [--rate 2e-3]

It is trained by LPIPS with AlexNet and judged by LPIPS with SqueezeNet. The averaged network is saved every 500 steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from mien.checkpoints.store import save_folder
from mien.compose.morphology import disc
from mien.guides.dyes.border import Border
from mien.models.perception.border import BorderConfig, BorderNet
from mien.pixels import LEVELS
from mien.training.devices import quick_autocast
from mien.types import Float32
from recipes.distort import Rng
from recipes.fitting import Fitting, begun, lpips_of, run_options
from recipes.portraits import SOURCES

KIND = "hair-border"
SIDE, BATCH = 160, 8
UNIT = 5.12
"""Pixels of the stored heads that are a unit."""

CUT, STORED = 8, 640
"""Windows that are cut out of one head, and how many of the last ones are shown."""

LPIPS = 0.05
"""How much it counts: its slopes are some forty times as steep as those of the error, and noisy."""

CARD = """---
license: apache-2.0
library_name: mien
---

# Hair border

What the border of dyed hair lacks: a photo, its rough dye and the matte of its hair in, the difference out.

- **Recipe**: `recipes/border_data.py`, `recipes/border_scenes.py`, `recipes/border.py`; {shown} windows in {seconds} s.
- **Trained by** the absolute error, that of slopes, and LPIPS with AlexNet (BSD-2, BSD-3), on hair mixed anew from
  mattes and from colors on both sides of them (PyMatting, MIT), dyed by what is known and by what mien finds.
- **Data**: {heads} mixtures of wide portraits, of {sources}
- **Limits**: within 0.075 sides of the FFHQ crop outside of the matte, 0.02 inside and on skin; used where hair becomes
  lighter by 20 L* and more, since strangers prefer the rough dye elsewhere. Sees 512 px a side of the crop.
- **On {count} windows of `val`, mixed anew**: {figures}
"""


@dataclass(frozen=True, eq=False)
class Window:
    """Attributes:
    planes: (P, SIDE, SIDE) what the network sees.
    rough, true: (3, SIDE, SIDE) in [-1, 1], the dye by what is found, and by what is known.
    band, counts: (SIDE, SIDE) where it may change anything, and where something is known.
    """

    planes: Float32
    rough: Float32
    true: Float32
    band: Float32
    counts: Float32


def windows(path: Path, rng: Rng, count: int = CUT) -> list[Window]:
    """Some of a stored head, enlarged or reduced, mirrored and lit at random."""
    stored = np.load(path)
    at = 7 + 6 * int(rng.integers((len(stored) - 7) // 6))
    planes = np.concatenate([stored[:3], stored[at : at + 6], stored[3:7]]).transpose(1, 2, 0)
    if rng.random() < 0.5:
        planes = planes[:, ::-1]
    scale = float(np.exp(rng.uniform(-0.3, 0.12))) if rng.random() < 0.5 else 1.0
    size = tuple(max(SIDE, round(scale * v)) for v in planes.shape[1::-1])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = [cv2.resize(np.ascontiguousarray(planes[..., i : i + 3]), size, interpolation=way) for i in (0, 3, 6, 9)]
    counts = cv2.resize(np.ascontiguousarray(planes[..., 12]), size, interpolation=way)
    gain = np.exp(rng.normal(0, 0.1) + rng.normal(0, 0.04, 3)).astype(np.float32)
    photo, rough, true = (np.clip(one.astype(np.float32) * gain, 0, 255) for one in resized[:3])
    maps = [one.astype(np.float32) / np.float32(255) for one in cv2.split(resized[3])]
    border = Border.of(photo, rough, *maps, scale * UNIT)
    seen, known = border.planes(), (counts > 250).astype(np.float32) * (1 - left_out(border, true))
    pictures = [one.transpose(2, 0, 1) / np.float32(LEVELS) - 1 for one in (rough, true)]
    wrong = cv2.blur(np.abs(true - rough).mean(2) * border.band * known, (15, 15))
    found = []
    for _ in range(count):
        weight = wrong if rng.random() < 0.6 else border.band * known
        y, x = _place(weight, rng)
        here = np.s_[y : y + SIDE, x : x + SIDE]
        parts = [np.ascontiguousarray(one[:, here[0], here[1]]) for one in (seen, *pictures)]
        found.append(Window(*parts, border.band[here].copy(), known[here].copy()))
    return found


def left_out(border: Border, true: Float32) -> Float32:
    """(h, w) 1 where hair is seen of which nothing is known: it was missed when the head was taken apart."""
    dyed = ((true - border.photo) * border.change).sum(2) / ((border.change**2).sum(2) + 100)
    both = (border.matte > 0.6) & (border.skin < 0.25)
    thick = cv2.morphologyEx((both & (dyed < 0.5)).astype(np.uint8), cv2.MORPH_OPEN, disc(3))  # a rim is thin
    return cv2.dilate(thick, disc(4)).astype(np.float32)


def _place(weight: Float32, rng: Rng) -> tuple[int, int]:
    """Upper left corner of a window around a pixel that is drawn by its weight."""
    small = np.maximum(weight[2::4, 2::4].ravel(), 0).astype(np.float64)
    pick = int(rng.choice(len(small), p=small / small.sum())) if small.sum() > 0 else int(rng.integers(len(small)))
    height, width = weight.shape
    row, column = divmod(pick, weight[2::4, 2::4].shape[1])
    y, x = (4 * v + 2 - int(rng.integers(SIDE // 5, 4 * SIDE // 5)) for v in (row, column))
    return int(np.clip(y, 0, height - SIDE)), int(np.clip(x, 0, width - SIDE))


def batch_of(samples: Sequence[Window]) -> tuple[Tensor, ...]:
    """Planes, rough, true (B, C, S, S); band and counts (B, 1, S, S)."""
    names = ("planes", "rough", "true", "band", "counts")
    planes, rough, true, band, counts = (torch.from_numpy(np.stack([getattr(s, n) for s in samples])) for n in names)
    return planes.contiguous(memory_format=torch.channels_last), rough, true, band[:, None], counts[:, None]


def made_of(told: Tensor, batch: tuple[Tensor, ...]) -> Tensor:
    """The corrected dye (B, 3, S, S) in [-1, 1]; as :meth:`mien.guides.dyes.border.Border.corrected` lays it on."""
    planes, rough, _, band, _ = batch
    matte, change = (planes[:, 6:7] + 1) / 2, planes[:, 9:12]
    return rough + band * (((matte + told[:, :1]).clamp(0, 1) - matte) * change + told[:, 1:])


def loss_of(told: Tensor, batch: tuple[Tensor, ...], judge: torch.jit.ScriptModule) -> tuple[Tensor, Tensor, Tensor]:
    """The whole loss, the error within the band, and LPIPS.

    Errors count by what the dye changes, so that brown hair made black is no less learned from, and more where the
    rough dye is wrong.
    """
    planes, rough, true, band, counts = batch
    error = made_of(told, batch) - true
    known = counts * (band > 0.02)
    by = planes[:, 9:12].square().mean(1, keepdim=True).sqrt()
    wrong = ((true - rough).abs().mean(1, keepdim=True) / 0.2).clamp(max=1)
    missed = (planes[:, 6:7] < -0.4) * (band > 0.5)  # single hairs are few
    weight = known * (0.4 + wrong * (1 + 4 * missed)) * 0.4 / (0.15 + by)
    total = 3 * known.sum().clamp(min=1)
    plain = (weight * error.abs()).sum() / total
    slopes = sum((weight * error).diff(dim=d).abs().sum() for d in (2, 3)) / total
    few = max(1, len(told) // 8)  # LPIPS costs more than the network
    seen = (true + known * error)[:few].clamp(-1, 1)
    if seen.requires_grad:  # where a layer of the judge sees nothing at all, its root has no slope
        seen.register_hook(lambda slope: slope.nan_to_num(0.0, 0.0, 0.0))
    lpips = judge(seen, true[:few]).mean()
    return plain + 0.5 * slopes + LPIPS * lpips, (known * error.abs()).sum() / total, lpips


def judged(network: BorderNet, held: Sequence[Window], judge: torch.jit.ScriptModule) -> dict[str, float]:
    """Mean error within the band, levels, and LPIPS, of the network and of the rough dye."""
    network, found = network.eval(), dict[str, list[float]]()
    for one in held:
        batch = batch_of([one])
        _, rough, true, band, counts = batch
        weight = counts * (band > 0.02)
        with torch.inference_mode():
            for name, made in (("network", made_of(network(batch[0]), batch)), ("rough", rough)):
                error = made.clamp(-1, 1) - true
                away = LEVELS * (weight * error.abs()).sum() / (3 * weight.sum().clamp(min=1))
                found.setdefault(f"{name} error", []).append(float(away))
                found.setdefault(f"{name} LPIPS", []).append(float(judge(true + weight * error, true).mean()))
    return {name: float(np.mean(values)) for name, values in found.items()}


def save(
    fitting: Fitting[BorderNet], heads: int, held: Sequence[Window], judge: torch.jit.ScriptModule, out: Path
) -> None:
    """The averaged network, with its figures."""
    figures = judged(fitting.average, held, judge)
    told = ", ".join(f"{name} {value:.4f}" for name, value in figures.items())
    print(told, flush=True)
    run = {"shown": fitting.shown, "seconds": round(fitting.seconds), "heads": heads, "count": len(held)}
    card = CARD.format(**run, sources=SOURCES, figures=told)
    save_folder(out, fitting.average.state_dict(), {"kind": KIND, **fitting.average.config.to_dict()}, card)


def main() -> None:
    options = run_options(__doc__, "--borders", "--held", "--weights", "--out")
    trains, judges = lpips_of(options.weights)
    fixed, rng = np.random.default_rng(1), np.random.default_rng()
    held = [one for path in sorted(options.held.glob("*-?.npy"))[:60] for one in windows(path, fixed, 2)]
    fitting = begun(BorderNet(BorderConfig()), KIND, options, ema=0.996)
    store: list[Window] = []
    while fitting.pace() < 1:
        heads = sorted(options.borders.glob("*-?.npy"))  # more may be written meanwhile
        for _ in range(int(rng.random() < 0.5) if store else 8):
            store = [*store, *windows(heads[rng.integers(len(heads))], rng)][-STORED:]
        batch = batch_of([store[i] for i in rng.integers(0, len(store), BATCH)])
        fitting.network.train()
        with quick_autocast():
            told = fitting.network(batch[0])
        loss, plain, lpips = loss_of(told, batch, trains)
        if fitting.step(loss, BATCH, whole=loss, error=LEVELS * plain, lpips=lpips):
            save(fitting, len(heads), held[:40], judges, options.out)
    save(fitting, len(heads), held, judges, options.out)


if __name__ == "__main__":
    main()
