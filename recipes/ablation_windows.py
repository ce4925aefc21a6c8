"""What windows are worth: a part of the face painted at the photo's scale, against the whole face enlarged.

    python -m recipes.ablation_windows --data PORTRAITS --wide WIDE --weights NETWORKS --out runs/editor --images 4000

after :mod:`recipes.ablations`, and with ``runs/editor/windows`` made by ``recipes.windows prepare --limit 300`` or so.
Trains a window painter on as many windows, then eyes, mouth and nose of sharp test faces are painted with nothing
given: by A (64 px), by the bundled painter (128 px), and by the window painter over each of them.

Letters: E edits, S side of the window.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch

from mien.checkpoints.editor import load_editor
from mien.checkpoints.store import BUNDLED
from mien.checkpoints.windows import load_windows
from mien.compose.seam import harmonise
from mien.conditions.masks import grow
from mien.conditions.modalities import channels, maps
from mien.conditions.regions import parse_region
from mien.data.feed import Batch
from mien.data.sources import prepared_pictures, read_index
from mien.evaluation.perceptual import PerceptualDistance, load_distance
from mien.models.editing import EditorNetworks
from mien.models.editing.window import WindowInputs, WindowPainter
from mien.pixels import scale_bytes, to_levels, to_tensor
from mien.training.editing.sample import image_only
from mien.training.options import seconds
from mien.training.settings import DataConfig, LoopConfig
from mien.training.stages.editing import composite
from mien.training.stages.running import train
from mien.training.stages.windows_run import WindowsConfig, WindowsRun
from mien.training.windows.draw import WindowDraw
from mien.training.windows.feed import WindowFeed
from mien.training.windows.guides import GuideDraw
from mien.training.windows.store import COARSE, WindowStore
from mien.types import Bool, Float64, UInt8
from recipes.ablation_judges import of_mean, save
from recipes.window_data import prepare

PARTS = ("eyes", "mouth", "nose")
WINDOW = WindowDraw(context=(1.7, 1.7), anywhere=0.0, part=0.0, blind=0.0, tint=0.0, contrast=0.0)
SMALLEST = 40
"""Pixels of a mask, of 128 x 128."""


@dataclass(frozen=True, eq=False)
class Edits:
    """Attributes:
    store: of the faces; its edits are the part of every face that shows it.
    feed: draws their windows.
    """

    store: WindowStore
    feed: WindowFeed

    @classmethod
    def of(cls, store: WindowStore, part: str, paint: Callable[[UInt8, Bool], UInt8]) -> Edits:
        """First passes of a part, on all sharp faces."""
        table = parse_region(part)
        faces = [i for i in range(len(store.squares)) if store.wide_of[i] >= 0]
        areas = [grow(table[store.labels[i, 1::2, 1::2]], 0.03 * COARSE) for i in faces]
        chosen = [(i, area) for i, area in zip(faces, areas, strict=True) if area.sum() >= SMALLEST]
        squares = [cv2.resize(store.squares[i], (COARSE, COARSE), interpolation=cv2.INTER_AREA) for i, _ in chosen]
        masks = np.stack([area for _, area in chosen])
        coarse = np.stack([paint(square, area) for square, area in zip(squares, masks, strict=True)])
        ours = replace(
            store,
            face_of=np.array([i for i, _ in chosen]),
            masks=masks.astype(np.uint8),
            coarse=coarse,
            weights=np.ones(len(chosen)),
        )
        return cls(ours, WindowFeed(ours, 1, 0, WINDOW, GuideDraw(share=0.0)))

    def window(self, edit: int) -> Batch:
        """The same place whatever the first pass."""
        return self.feed.at([edit], np.random.default_rng(edit))


@torch.inference_mode()
def whole_face(networks: EditorNetworks, square: UInt8, area: Bool) -> UInt8:
    """A face (128, 128, 3) whose part is painted by the whole-face painter, at its resolution, with nothing given."""
    side = networks.config.resolution
    small = cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA)
    mask = cv2.resize(area.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA) > 0
    there = torch.from_numpy(mask.astype(np.float32))[None, None]
    layers = image_only(to_tensor(small) * (1 - there)).stack(networks.config.modalities)
    codes = networks.encoder(layers)
    made, _ = networks.painter(layers, there, codes, networks.bank(codes)[1])
    toned = harmonise(to_levels(made.float())[0], small.astype(np.float32), mask)
    large = cv2.resize(toned, (COARSE, COARSE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.rint(np.where(area[..., None], large, square).clip(0, 255)), np.uint8)


def inputs(batch: Batch) -> WindowInputs:
    """Nothing is given but the photo and the first pass."""
    other, mask = batch.others, batch.others["mask"].float()
    truth, known, seen = scale_bytes(batch.pictures), other["mirror"][:, 3:].float(), other["face"]
    empty = {name: mask.new_zeros(len(mask), channels()[name], *mask.shape[2:]) for name in maps()}
    return WindowInputs(
        truth * (1 - mask),
        mask,
        torch.cat([scale_bytes(other["mirror"][:, :3]) * known, known], 1),
        torch.cat([scale_bytes(other["coarse"]), torch.ones_like(mask)], 1),
        mask.new_zeros(len(mask), 4, *mask.shape[2:]),
        empty,
        other["place"],
        torch.cat([scale_bytes(seen[:, :3]), seen[:, 3:].float()], 1),
    )


@torch.inference_mode()
def measured(edits: Edits, painter: WindowPainter | None, distance: PerceptualDistance) -> Float64:
    """(E,) distances of windows of the pasted result to the truth."""
    found = []
    for edit in range(len(edits.store.masks)):
        batch = edits.window(edit)
        given, truth = inputs(batch), scale_bytes(batch.pictures)
        made = given.coarse[:, :3] if painter is None else painter(given)
        found.append(float(distance(composite(made.clamp(-1, 1), truth, given.mask), truth)[0]))
    return np.array(found)


def table(store: WindowStore, first: dict[str, EditorNetworks], painter: WindowPainter, file: Path) -> list[list[str]]:
    """LPIPS of windows: each first pass enlarged, the window painter over it, and what that changes, face by face."""
    distance = load_distance(file, trust_code=True)
    rows = [["part", "faces", "first pass", "enlarged", "window over it", "window less enlarged"]]
    for part in PARTS:
        for name, networks in first.items():

            def paint(square: UInt8, area: Bool, networks: EditorNetworks = networks) -> UInt8:
                return whole_face(networks, square, area)

            edits = Edits.of(store, part, paint)
            before, after = measured(edits, None, distance), measured(edits, painter, distance)
            cells = [of_mean(before), of_mean(after), of_mean(after - before)]
            rows.append([part, str(len(before)), name, *cells])
    return rows


def run_of(options: argparse.Namespace) -> WindowsRun:
    """As :mod:`recipes.windows`, and no longer than told."""
    limit = seconds(options.time_limit) if options.time_limit else None
    return WindowsRun(
        data=DataConfig(options.out / "windows"),
        loop=LoopConfig(images=options.images, time_limit=limit),
        perceptual=options.weights / "lpips_squeeze.pt",
        pyramid=options.weights / "features_mobilenetv2_pyramid.pt",
        trust_code=True,
        stage=WindowsConfig(),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the prepared portraits")
    parser.add_argument("--wide", type=Path, required=True, help="the wide pictures of the same faces")
    parser.add_argument("--weights", type=Path, required=True, help="folder with the networks that judge")
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs of recipes.ablations")
    parser.add_argument("--images", type=int, default=4000, help="windows")
    parser.add_argument("--time-limit", help="for the training of this sitting: 2h, 90m, 540s")
    parser.add_argument("--no-judge", action="store_true", help="train alone")
    options = parser.parse_args()
    loop, reason = train(run_of(options), options.out / "window-run", device="cpu", resume=True, listener=print)
    print(f"{reason}: {loop.images} windows")
    if options.no_judge:
        return
    bundled = load_editor(BUNDLED / "portrait-editor")[0]
    if not (options.out / "windows" / "test").exists():
        sharp = {row["id"] for row in read_index(options.wide) if row["split"] == "test"}
        pictures = [one for one in prepared_pictures(options.data, "test") if one.fields["id"] in sharp]
        prepare(pictures, options.wide, "test", bundled, options.out / "windows" / "test")
    first = {"A, 64 px": load_editor(options.out / "coarse-full" / "editor")[0], "bundled, 128 px": bundled}
    store, painter = (
        WindowStore.load(options.out / "windows" / "test"),
        load_windows(options.out / "window-run/painter"),
    )
    rows = table(store, first, painter, options.weights / "lpips_alex.pt")
    save(
        rows,
        f"Windows: LPIPS-alex of a part at the photo's scale, {loop.images:,} windows",
        options.out / "ablations.txt",
    )
    print("\n".join(" | ".join(row) for row in rows))


if __name__ == "__main__":
    main()
