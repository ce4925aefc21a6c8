"""How the bundled network that says what lies behind glasses was trained: on glasses drawn over faces without any.

    python -m recipes.strips --data DATA --out STRIPS.npz
    python -m recipes.strips --data DATA --out VAL.npz --split val
    python -m recipes.uncover --strips STRIPS.npz --held VAL.npz --weights WEIGHTS --out runs/uncovered [--rate 2e-3]

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
from torch.nn import functional as F

from mien.align import mesh
from mien.checkpoints.store import save_folder
from mien.guides.glasses.strip import HIGH, WIDE, seen_planes, worn_planes
from mien.models.perception.uncover import UncoverConfig, UncoverNet
from mien.training.devices import quick_autocast
from mien.types import Float32
from recipes.distort import Rng
from recipes.fitting import Fitting, begun, lpips_of, run_options
from recipes.frames_drawn import Drawn, drawn
from recipes.portraits import SOURCES
from recipes.strips import ROOM, Strips

KIND = "uncovered-eyes"
BATCH = 8
FINDS = 0.35
"""Share of the strips of which the network is asked where the frame is."""

NEW, STORED = 3, 320
"""Strips that are drawn for each step, and how many of the last ones are shown: drawing is slow."""

CARD = """---
license: apache-2.0
library_name: mien
---

# Uncovered eyes

What lies behind a pair of glasses: a strip around the eyes with smooth skin where frames are in, the difference out.

- **Recipe**: `recipes/strips.py`, `recipes/frames_drawn.py`, `recipes/uncover.py`; {shown} strips in {seconds} s.
- **Trained by** the absolute error, that of slopes, and LPIPS with AlexNet (BSD-2, BSD-3), on glasses drawn over faces
  without any; nobody's glasses are copied.
- **Data**: {faces} faces without glasses, with eyes and brows in sight, of {sources}
- **Limits**: frames and thin shadows; not the eyes themselves, dark lenses, or heads turned far. Sees 107 pixels
  between the outer corners of the eyes.
- **On {count} drawn pairs of glasses of `val`**: {figures}
"""


@dataclass(frozen=True, eq=False)
class Sample:
    """Attributes:
    planes: (P, HIGH, WIDE) what the network sees.
    clean: (HIGH, WIDE, 3) what is to be made.
    allowed: (HIGH, WIDE) where it may change anything.
    counts: (HIGH, WIDE) how much each pixel counts.
    filled: (HIGH, WIDE, 3) with smooth skin.
    frame: (HIGH, WIDE) where frames and strong shadows are.
    asked: 1 where the network is asked for what lies behind, 0 where it is asked for the frame.
    """

    planes: Float32
    clean: Float32
    allowed: Float32
    counts: Float32
    filled: Float32
    frame: Float32
    asked: float


def window(strips: Strips, rng: Rng, index: int | None = None) -> tuple[Float32, Float32]:
    """A strip (HIGH, WIDE, 3) and its landmarks (478, 2), turned, shifted, enlarged and mirrored a little at random."""
    index = int(rng.choice(len(strips.weights), p=strips.weights / strips.weights.sum())) if index is None else index
    points, picture = strips.points[index], strips.pictures[index]
    angle, scale = rng.normal(0, 0.03), np.exp(rng.normal(0, 0.04))
    linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([WIDE / 2 + ROOM, HIGH / 2 + ROOM])
    shift = np.array([WIDE / 2, HIGH / 2]) - linear @ middle + rng.normal(0, 2.0, 2)
    matrix = np.column_stack([linear, shift])
    made = cv2.warpAffine(picture, matrix, (WIDE, HIGH), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    there = points @ linear.T + shift
    made = made.astype(np.float32)
    if rng.random() < 0.5:
        made, there = made[:, ::-1], (there * (-1, 1) + (WIDE, 0))
        there = there[MIRROR]
    gain = np.exp(rng.normal(0, 0.12) + rng.normal(0, 0.04, 3)).astype(np.float32)
    return np.clip(np.ascontiguousarray(made) * gain, 0, 255), there.astype(np.float32)


def _mirror() -> np.ndarray:
    order = np.arange(478)
    for a, b in ((33, 263), (133, 362), (127, 356), (468, 473)):
        order[[a, b]] = order[[b, a]]
    left, right = np.array(mesh.LEFT_EYE_CONTOUR), np.array(mesh.RIGHT_EYE_CONTOUR)
    order[left], order[right] = right, left
    return order


MIRROR = _mirror()
"""Points whose places change when a face is mirrored: those that are used here."""


def eyes_in(points: Float32) -> Float32:
    """(HIGH, WIDE) 1 on eyes, soft."""
    area = np.zeros((HIGH, WIDE), np.uint8)
    for one in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR):
        cv2.fillPoly(area, [np.round(points[list(one)]).astype(np.int32)], 1)
    grown = cv2.dilate(area, np.ones((3, 3), np.uint8)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(grown, (0, 0), 0.8), np.float32)


def told(one: Drawn, eyes: Float32, rng: Rng) -> Float32:
    """(HIGH, WIDE) where a program finds the frame: too wide, shifted here and there, with gaps and more besides."""
    hidden = one.frame > 0.25
    if rng.random() < 0.5:
        hidden |= one.shade > rng.uniform(0.08, 0.3)
    side = 2 * rng.uniform(0.3, 3.5) + 1
    hidden = cv2.dilate(hidden.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (round(side),) * 2))
    area = hidden.astype(np.float32)
    if rng.random() < 0.5:
        flow = [cv2.GaussianBlur(rng.standard_normal(area.shape).astype(np.float32), (0, 0), 12) for _ in range(2)]
        ys, xs = np.mgrid[:HIGH, :WIDE].astype(np.float32)
        far = np.float32(rng.uniform(0, 1.5))
        area = cv2.remap(
            area, *(at + far * f / f.std() for at, f in zip((xs, ys), flow, strict=True)), cv2.INTER_LINEAR
        )
    for chance, value in ((0.25, 0.0), (0.3, 1.0)):  # what is missed, and what is no frame
        while rng.random() < chance:
            at = int(rng.integers(WIDE)), int(rng.integers(HIGH))
            axes = tuple(int(v) for v in rng.integers(1, 9 if value else 7, 2))
            cv2.ellipse(area, at, axes, float(rng.uniform(0, 180)), 0, 360, value, -1)
    if rng.random() < 0.7:
        area = area * (1 - eyes)
    return np.asarray(cv2.GaussianBlur(area, (0, 0), 0.6), np.float32)


def worn(one: Drawn, rng: Rng) -> Float32:
    """(HIGH, WIDE) glasses with their lenses as a parser sees them: rounded, with borders that are off."""
    area = cv2.GaussianBlur(np.maximum(one.lenses, one.frame), (0, 0), rng.uniform(1, 3.5))
    uneven = cv2.GaussianBlur(rng.standard_normal(area.shape).astype(np.float32), (0, 0), 8)
    area = area + uneven * np.float32(rng.uniform(0, 0.25) / float(uneven.std()))
    return np.clip(0.5 + rng.uniform(1.5, 5) * (area - rng.uniform(0.25, 0.6)), 0, 1).astype(np.float32)


def sample(strips: Strips, rng: Rng, index: int | None = None, finds: float = FINDS) -> Sample:
    """One, with random glasses."""
    picture, points = window(strips, rng, index)
    one, eyes = drawn(picture, points, rng), eyes_in(points)
    frame = np.maximum(one.frame > 0.15, one.shade > 0.2).astype(np.float32)
    if rng.random() < finds:
        none = np.zeros((HIGH, WIDE), np.float32)
        return Sample(worn_planes(one.picture, worn(one, rng)), one.picture, none, none, one.picture, frame, 0.0)
    hidden = told(one, eyes, rng)
    lenses = cv2.dilate(one.lenses, np.ones((3, 3), np.uint8))
    planes, filled, allowed = seen_planes(one.picture, hidden, lenses, eyes)
    counts = (np.maximum(hidden, one.frame) + 0.5 * allowed + 0.02) * (1 - eyes * (hidden < 0.5))
    return Sample(planes, one.clean, allowed, counts.astype(np.float32), filled, frame, 1.0)


def batch_of(samples: Sequence[Sample]) -> tuple[Tensor, ...]:
    """Planes, clean, allowed, counts, filled, frame: (B, C, HIGH, WIDE), pictures in [-1, 1]; asked (B, 1, 1, 1)."""
    planes = torch.from_numpy(np.stack([one.planes for one in samples])).contiguous(memory_format=torch.channels_last)
    clean, filled = (
        torch.from_numpy(np.stack([getattr(one, name) for one in samples])).permute(0, 3, 1, 2) / 127.5 - 1
        for name in ("clean", "filled")
    )
    allowed, counts, frame = (
        torch.from_numpy(np.stack([getattr(one, name) for one in samples]))[:, None]
        for name in ("allowed", "counts", "frame")
    )
    asked = torch.tensor([one.asked for one in samples])[:, None, None, None]
    return planes, clean, allowed, counts, filled, frame, asked


def loss_of(
    told: Tensor, batch: tuple[Tensor, ...], judge: torch.jit.ScriptModule, rng: Rng
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The whole loss, the error, LPIPS of one side, and the cross-entropy of where frames are."""
    _, clean, allowed, counts, filled, frame, asked = batch
    error = filled + allowed * told[:, :3] - clean
    total = counts.sum().clamp(min=1) * 3
    plain = (counts * error.abs()).sum() / total
    slopes = sum((counts * error).diff(dim=d).abs().sum() for d in (2, 3)) / total
    part = slice(None, HIGH) if rng.random() < 0.5 else slice(WIDE - HIGH, None)
    some = torch.argsort(-asked.flatten())[: len(told) // 2]  # LPIPS costs more than the network
    seen = clean[some] + counts[some].clamp(max=1) * error[some]
    lpips = judge(seen[..., part].contiguous(), clean[some][..., part].contiguous()).mean()
    cross = F.binary_cross_entropy_with_logits(told[:, 3:], frame, reduction="none", pos_weight=torch.tensor(2.0))
    found = ((1 - asked) * cross).mean() / (1 - asked).mean().clamp(min=0.1)
    return plain + 0.5 * slopes + 0.8 * lpips + 0.5 * found, plain, lpips, found


def judged(network: UncoverNet, held: Strips, judge: torch.jit.ScriptModule, count: int) -> dict[str, float]:
    """Mean error where frames hid anything, levels, and LPIPS, of the network and of smooth skin alone."""
    rng, network = np.random.default_rng(1), network.eval()
    found: dict[str, list[float]] = {}
    for number in range(count):
        planes, clean, allowed, counts, filled, *_ = batch_of([sample(held, rng, number % len(held.weights), 0.0)])
        looked = batch_of([sample(held, rng, number % len(held.weights), 1.0)])
        with torch.inference_mode():
            seen, frame = network(looked[0])[0, 3] > 0, looked[5][0, 0] > 0
            found.setdefault("frame IoU", []).append(float((seen & frame).sum() / (seen | frame).sum().clamp(min=1)))
            made = filled + allowed * network(planes)[:, :3]
            for name, one in (("network", made), ("smooth", filled)):
                seen = clean + counts.clamp(max=1) * (one.clamp(-1, 1) - clean)
                error = 127.5 * (counts * (one - clean).abs()).sum() / (3 * counts.sum())
                halves = [
                    judge(seen[..., s].contiguous(), clean[..., s].contiguous())
                    for s in (slice(None, HIGH), slice(HIGH, None))
                ]
                found.setdefault(f"{name} error", []).append(float(error))
                found.setdefault(f"{name} LPIPS", []).append(float(sum(h.mean() for h in halves) / 2))
    return {name: float(np.mean(values)) for name, values in found.items()}


def save(
    fitting: Fitting[UncoverNet], faces: int, held: Strips, judge: torch.jit.ScriptModule, out: Path, count: int
) -> None:
    """The averaged network, with its figures."""
    figures = judged(fitting.average, held, judge, count)
    said = ", ".join(f"{name} {value:.4f}" for name, value in figures.items())
    print(said, flush=True)
    run = {"shown": fitting.shown, "seconds": round(fitting.seconds), "faces": faces}
    card = CARD.format(**run, sources=SOURCES, figures=said, count=count)
    save_folder(out, fitting.average.state_dict(), {"kind": KIND, **fitting.average.config.to_dict()}, card)


def main() -> None:
    options = run_options(__doc__, "--strips", "--held", "--weights", "--out")
    strips, held = Strips.load(options.strips), Strips.load(options.held)
    trains, judges = lpips_of(options.weights)
    rng = np.random.default_rng()
    store = [sample(strips, rng) for _ in range(4 * BATCH)]
    fitting = begun(UncoverNet(UncoverConfig()), KIND, options, ema=0.998)
    while fitting.pace() < 1:
        store = [*store, *(sample(strips, rng) for _ in range(NEW))][-STORED:]
        batch = batch_of([store[i] for i in rng.integers(0, len(store), BATCH)])
        fitting.network.train()
        with quick_autocast():
            made = fitting.network(batch[0])
        loss, plain, lpips, found = loss_of(made, batch, trains, rng)
        if fitting.step(loss, BATCH, whole=loss, error=plain, lpips=lpips, frame=found):
            save(fitting, len(strips.weights), held, judges, options.out, 20)
    save(fitting, len(strips.weights), held, judges, options.out, 200)


if __name__ == "__main__":
    main()
