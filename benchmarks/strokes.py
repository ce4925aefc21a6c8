"""Faces for unfinished drawings: do they follow the strokes, and are they faces?

    python -m benchmarks.strokes --networks runs/strokes [--editor portrait-editor] [--faces 48] [--sheet FILE]

Random faces that training has not seen are drawn (pencil lines), and a share of the strokes is kept. Code: how much of
the variance of w the drawing explains. F1: lines of the result against the finished drawing, a line within a
pixel of another being the same; random: that of another random face. Seen: results in which the landmark network
sees a face.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch

from mien.conditions.lines import pencil, thin_pencil
from mien.conditions.pictures import save_png
from mien.data.sheets import contact_sheet
from mien.directions.measures import Measures
from mien.inversion.base import Means
from mien.inversion.drawing import Drawing
from mien.models.stylegan2 import codes_of_seeds
from mien.pixels import to_planes
from mien.training.editing.strokes import unfinished
from mien.types import Bool, UInt8

FIRST, PSI, NEAR = 2_000_000, 0.8, 1
SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
SHOWN = 6


def lines_of(picture: UInt8, thin: bool = True) -> Bool:
    """(S, S)."""
    return np.asarray((thin_pencil if thin else pencil)(to_planes(picture))[0, 0])


def f1(made: Bool, wanted: Bool) -> float:
    """Of two drawings (S, S)."""
    near = np.ones((2 * NEAR + 1, 2 * NEAR + 1), np.uint8)
    wide_made, wide_wanted = (cv2.dilate(one.astype(np.uint8), near) > 0 for one in (made, wanted))
    precision = (made & wide_wanted).sum() / max(made.sum(), 1)
    recall = (wanted & wide_made).sum() / max(wanted.sum(), 1)
    return float(2 * precision * recall / max(precision + recall, 1e-9))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", type=Path, required=True)
    parser.add_argument("--editor", default="portrait-editor")
    parser.add_argument("--faces", type=int, default=48)
    parser.add_argument("--sheet", type=Path)
    o = parser.parse_args()
    drawing = Drawing(Means.load(o.editor, networks=(o.networks,)))
    generator, measures = drawing.means.generator, Measures()
    z = codes_of_seeds(range(FIRST, FIRST + o.faces), generator.config.z_dim)
    with torch.no_grad():
        w = generator.truncated(z, psi=PSI)
    pictures = [drawing.shown(one) for one in w]
    finished, drawn = [lines_of(one) for one in pictures], [lines_of(one, thin=False) for one in pictures]
    spread = float((w[:, 0] - generator.mapping.w_avg).square().mean())
    style, shown = drawing.style(7), []
    print("| share of the strokes | code | F1 | random | seen |\n|---|---|---|---|---|")
    for share in SHARES:
        errors, scores, others, made = [], [], [], []
        for k, whole in enumerate(finished):
            strokes = unfinished(drawn[k], np.random.default_rng(k), share)
            found = drawing.codes(strokes, style)
            errors.append(float((found[0] - w[k, 0]).square().mean()))
            made.append(drawing.shown(found))
            scores.append(f1(lines_of(made[-1]), whole))
            others.append(f1(finished[k - 1], whole))
            if k < SHOWN:
                shown += [np.where(strokes[..., None], 0, 255).astype(np.uint8).repeat(3, 2), made[-1]]
        seen = np.isfinite(measures.of(np.stack(made), lambda: None)[:, 0]).mean()
        figures = (1 - np.mean(errors) / spread, np.mean(scores), np.mean(others), seen)
        print(f"| {share:g} | " + " | ".join(f"{one:.3f}" for one in figures) + " |", flush=True)
    if o.sheet is not None:
        order = [2 * (SHOWN * s + k) + part for k in range(SHOWN) for part in (0, 1) for s in range(len(SHARES))]
        save_png(contact_sheet(np.stack([shown[i] for i in order]), columns=len(SHARES)), o.sheet)


if __name__ == "__main__":
    main()
