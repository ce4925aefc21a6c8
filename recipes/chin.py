"""How the bundled network that corrects what replaces a beard was trained: on beards put on shaven men.

    python -m recipes.chins --data DATA --out CHINS.npz
    python -m recipes.chin --pairs CHINS.npz --weights WEIGHTS --out runs/chin [--start FOLDER] [--rate 2e-3]

It is trained by LPIPS with AlexNet and judged by LPIPS with SqueezeNet, on men that are held out. The averaged network
is saved every 500 steps.
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
from mien.guides.beards.chin_frame import HIGH, WEIGHT, WIDE, with_places
from mien.models.perception.uncover import ChinConfig, UncoverNet
from mien.pixels import LEVELS
from mien.training.devices import quick_autocast
from mien.types import Float32, UInt8
from recipes.chins import SEEN, Chins
from recipes.distort import Rng
from recipes.fitting import Fitting, begun, lpips_of, run_options
from recipes.portraits import SOURCES

KIND = "shaven-chin"
BATCH = 8
SIDE = 88
"""Of the lower middle of the frame, which is judged by LPIPS."""

HIDDEN = 0.1
"""Share of the pictures in which nothing of the beard itself is told."""

PICTURES = np.s_[0:3], np.s_[3:6], np.s_[SEEN : SEEN + 3]
"""Channels of what is made, of the photo with the beard, and of the truth."""

LEAST = 0.04
"""Share of the frame that is replaced, up to which a pair teaches nothing."""

CARD = """---
license: apache-2.0
library_name: mien
---

# Shaven chin

What replaces a beard, corrected: the lower face without its beard and with it in, what the first lacks out.

- **Recipe**: `recipes/chins.py`, `benchmarks/beards_on.py`, `recipes/chin.py`; {shown} frames in {seconds} s.
- **Trained by** the absolute error, that of slopes, and LPIPS with AlexNet (BSD-2, BSD-3), on {pairs} pairs: beards of
  other men put on {men} shaven ones.
- **Data**: real men of {sources}
- **Limits**: sees 56 pixels between the outer corners of the eyes, heads up to 20 degrees from straight on.
- **On {count} pairs of {held} men held out**: {figures}. Errors are levels of 255; LPIPS here is with SqueezeNet, which
  did not train it.
"""


@dataclass(frozen=True, eq=False)
class Sample:
    """Attributes:
    planes: (P, HIGH, WIDE) what the network sees.
    truth: (HIGH, WIDE, 3) in [-1, 1].
    weight: (HIGH, WIDE) how much was replaced.
    """

    planes: Float32
    truth: Float32
    weight: Float32


def sample(pair: UInt8, rng: Rng | None = None) -> Sample:
    """One pair (HIGH, WIDE, SEEN + 3), turned, shifted, enlarged, mirrored and lit otherwise at random; or as it is."""
    planes = pair.astype(np.float32)
    if rng is not None:
        planes = _moved(planes, rng)
        gain = np.exp(rng.normal(0, 0.12) + rng.normal(0, 0.04, 3)).astype(np.float32)
        for one in PICTURES:
            planes[..., one] *= gain
        if rng.random() < HIDDEN:
            planes[..., PICTURES[1]] = planes[..., PICTURES[0]]
        for one in PICTURES[:2]:
            planes[..., one] += rng.normal(0, rng.uniform(0, 4), (HIGH, WIDE, 3)).astype(np.float32)
        planes = planes.clip(0, 255)
    told = planes / np.float32(LEVELS) - 1
    return Sample(with_places(told[..., :SEEN]), told[..., PICTURES[2]], planes[..., WEIGHT] / np.float32(255))


def _moved(planes: Float32, rng: Rng) -> Float32:
    """Planes (HIGH, WIDE, C) turned, shifted, enlarged and mirrored a little at random."""
    planes = planes[:, ::-1] if rng.random() < 0.5 else planes
    angle, scale = rng.normal(0, 0.05), np.exp(rng.normal(0, 0.05))
    linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([WIDE / 2, HIGH / 2])
    matrix = np.column_stack([linear, middle - linear @ middle + rng.normal(0, 2.0, 2)])
    parts = [np.ascontiguousarray(planes[..., n : n + 3]) for n in range(0, planes.shape[2], 3)]
    return np.dstack([cv2.warpAffine(one, matrix, (WIDE, HIGH), borderMode=cv2.BORDER_REFLECT_101) for one in parts])


def batch_of(samples: Sequence[Sample]) -> tuple[Tensor, Tensor, Tensor]:
    """Planes, truth, weight: (B, C, HIGH, WIDE)."""
    planes, truth, weight = (
        torch.from_numpy(np.stack([getattr(one, name) for one in samples])) for name in ("planes", "truth", "weight")
    )
    return planes.contiguous(memory_format=torch.channels_last), truth.permute(0, 3, 1, 2), weight[:, None]


def made_of(told: Tensor, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """What comes out where something is replaced, and the truth elsewhere: (B, 3, HIGH, WIDE)."""
    planes, truth, weight = batch
    return truth + weight * (planes[:, :3] + weight * told - truth)


def loss_of(
    told: Tensor, batch: tuple[Tensor, Tensor, Tensor], judge: torch.jit.ScriptModule
) -> tuple[Tensor, Tensor, Tensor]:
    """The whole loss, the error, and LPIPS of half of them, which costs more than the network."""
    _, truth, weight = batch
    error = made_of(told, batch) - truth
    total = weight.sum().clamp(min=1) * 3
    plain = error.abs().sum() / total
    slopes = sum(error.diff(dim=d).abs().sum() for d in (2, 3)) / total
    part, columns = np.s_[: len(told) // 2, :, HIGH - SIDE :], (WIDE - SIDE) // 2
    both = ((truth + error)[part], truth[part])
    lpips = judge(*(one[..., columns : columns + SIDE].contiguous() for one in both)).mean()
    return plain + 0.5 * slopes + 0.8 * lpips, plain, lpips


def judged(network: UncoverNet, pairs: Sequence[UInt8], judge: torch.jit.ScriptModule) -> dict[str, float]:
    """Mean error where something is replaced, levels, and LPIPS, of the network and of what it is given."""
    found: dict[str, list[float]] = {}
    network = network.eval()
    for pair in pairs:
        batch = batch_of([sample(pair)])
        with torch.inference_mode():
            told = network(batch[0])
            for name, one in (("network", told), ("without", torch.zeros_like(told))):
                made = made_of(one, batch).clamp(-1, 1)
                error = LEVELS * (made - batch[1]).abs().sum() / (3 * batch[2].sum().clamp(min=1))
                found.setdefault(f"{name} error", []).append(float(error))
                found.setdefault(f"{name} LPIPS", []).append(float(judge(made, batch[1].contiguous()).mean()))
    return {name: float(np.mean(values)) for name, values in found.items()}


def save(fitting: Fitting[UncoverNet], chins: Chins, judge: torch.jit.ScriptModule, out: Path) -> None:
    """The averaged network, with its figures."""
    held = chins.planes[chins.held]
    figures = judged(fitting.average, list(held), judge)
    said = ", ".join(f"{name} {value:.4f}" for name, value in figures.items())
    print(said, flush=True)
    men = [{str(one).partition("-")[0] for one in chins.names[which]} for which in (~chins.held, chins.held)]
    run = {"shown": fitting.shown, "seconds": round(fitting.seconds), "pairs": int((~chins.held).sum())}
    counts = {"men": len(men[0]), "held": len(men[1]), "count": len(held)}
    card = CARD.format(**run, **counts, sources=SOURCES, figures=said)
    save_folder(out, fitting.average.state_dict(), {"kind": KIND, **fitting.average.config.to_dict()}, card)


def replacing(chins: Chins) -> Chins:
    """Those pairs of which something was replaced."""
    some = chins.planes[..., WEIGHT].mean((1, 2)) > LEAST * 255
    return Chins(chins.planes[some], chins.names[some], chins.held[some])


def main() -> None:
    options = run_options(__doc__, "--pairs", "--weights", "--out")
    chins, rng = replacing(Chins.load(options.pairs)), np.random.default_rng()
    trains, judges = lpips_of(options.weights)
    shown = np.flatnonzero(~chins.held)
    fitting = begun(UncoverNet(ChinConfig()), KIND, options, ema=0.998)
    while fitting.pace() < 1:
        batch = batch_of([sample(chins.planes[one], rng) for one in rng.choice(shown, BATCH)])
        fitting.network.train()
        with quick_autocast():
            made = fitting.network(batch[0])
        loss, plain, lpips = loss_of(made, batch, trains)
        if fitting.step(loss, BATCH, whole=loss, error=plain, lpips=lpips):
            save(fitting, chins, judges, options.out)
    save(fitting, chins, judges, options.out)


if __name__ == "__main__":
    main()
