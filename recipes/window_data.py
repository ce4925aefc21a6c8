"""Makes a :class:`mien.training.windows.store.WindowStore`: decoded faces, semantic maps, and first passes over masks.

The window painter learns on what the first pass really makes, so an editor paints every face here once or twice. What a
wide picture shows beyond the photo (``photo_corners``) is a mirror image: stored is which part is real.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.lib.format import open_memmap
from PIL import Image

from mien.compose.seam import harmonise
from mien.conditions.parser import FaceParser
from mien.data.pictures import Picture
from mien.data.sampler import balanced_weights
from mien.data.sources import read_index
from mien.models.editing import EditorNetworks
from mien.pixels import to_levels, to_tensor
from mien.training.devices import quick_autocast
from mien.training.editing.sample import SampleConfig, draw_edits, image_only
from mien.training.phases import Step
from mien.training.windows.store import COARSE, KIND, SQUARE, WIDE, WIDE_LABELS
from mien.types import Float32, UInt8

BATCH = 16


def prepare(
    pictures: Sequence[Picture],
    wide: Path,
    split: str,
    networks: EditorNetworks,
    out: Path,
    *,
    seed: int = 0,
    tell: Callable[[str], None] = print,
) -> None:
    """Writes the folder; faces with a wide picture get two edits, the others one.

    Args:
        pictures: aligned portraits with the fields id, native_px, kind and source.
        wide: a folder with ``index.csv`` (id, split, photo_corners) and ``images/ID.webp``, 768 px, the square in
            the middle.
        split: of the wide pictures.
        networks: a trained editor of 128 px.
        out: the folder, made anew.
        seed: of the edits.
        tell: is told how far it is.
    """
    out.mkdir(parents=True, exist_ok=True)
    parser = FaceParser.bundled("torch")
    squares = _written(out, "squares", (len(pictures), SQUARE, SQUARE, 3))
    labels = _written(out, "labels", (len(pictures), SQUARE, SQUARE))
    for start in range(0, len(pictures), BATCH):
        some = slice(start, min(start + BATCH, len(pictures)))
        squares[some] = np.stack([one.pixels(SQUARE) for one in pictures[some]])
        labels[some] = _parsed(squares[some], parser)
        if start % (BATCH * 20) == 0:
            tell(f"{start} of {len(pictures)} faces read")
    wide_of = _wides(pictures, wide, split, parser, out)
    face_of = np.repeat(np.arange(len(pictures)), np.where(wide_of >= 0, 2, 1))
    np.save(out / "wide_of.npy", wide_of)
    np.save(out / "native.npy", np.array([float(one.fields["native_px"]) for one in pictures]))
    np.save(out / "face_of.npy", face_of)
    np.save(out / "weights.npy", balanced_weights(pictures, ("kind", "source"), 0.35)[face_of])
    _edits(squares, labels, face_of, networks, out, seed, tell)
    (out / "index.json").write_text(json.dumps({"kind": KIND, "ids": [one.fields["id"] for one in pictures]}))


def _wides(pictures: Sequence[Picture], wide: Path, split: str, parser: FaceParser, out: Path) -> Any:
    known = {row["id"]: row for row in read_index(wide) if row["split"] == split}
    rows = [i for i, one in enumerate(pictures) if one.fields["id"] in known]
    corners = [known[pictures[i].fields["id"]]["photo_corners"] for i in rows]
    np.save(out / "wide_real.npy", np.array([real_part(json.loads(one)) for one in corners], np.uint8))
    pixels = _written(out, "wides", (len(rows), WIDE, WIDE, 3))
    labels = _written(out, "wide_labels", (len(rows), WIDE_LABELS, WIDE_LABELS))
    for start in range(0, len(rows), BATCH):
        some = slice(start, min(start + BATCH, len(rows)))
        read = [Image.open(wide / "images" / f"{pictures[i].fields['id']}.webp").convert("RGB") for i in rows[some]]
        pixels[some] = np.stack([np.asarray(one) for one in read])
        labels[some] = _parsed(
            np.stack([np.asarray(one.resize((WIDE_LABELS,) * 2, Image.Resampling.BOX)) for one in read]), parser
        )
    wide_of = np.full(len(pictures), -1)
    wide_of[rows] = np.arange(len(rows))
    return wide_of


def real_part(corners: Sequence[Sequence[float]]) -> UInt8:
    """Which part of a wide picture is the photo, and not its mirror image.

    Args:
        corners: (4, 2) of the original photo, pixels of the wide picture.

    Returns:
        (384, 384) uint8 in {0, 1}.
    """
    inner = (np.asarray(corners, np.float64) * WIDE_LABELS / WIDE - 0.5) * 16
    real = np.zeros((WIDE_LABELS, WIDE_LABELS), np.uint8)
    return np.asarray(cv2.fillConvexPoly(real, np.round(inner).astype(np.int32), 1, cv2.LINE_8, 4))


@torch.inference_mode()
def _edits(
    squares: UInt8,
    labels: UInt8,
    face_of: Any,
    networks: EditorNetworks,
    out: Path,
    seed: int,
    tell: Callable[[str], None],
) -> None:
    """First passes, with whatever layers training edits have."""
    masks = _written(out, "masks", (len(face_of), COARSE, COARSE))
    coarse = _written(out, "coarse", (len(face_of), COARSE, COARSE, 3))
    config = SampleConfig(other=0.0, dyed=0.0)
    for start in range(0, len(face_of), BATCH):
        some = slice(start, min(start + BATCH, len(face_of)))
        pictures = _reduced(squares[face_of[some]])
        # nearest: the middle two of four labels
        step = Step(start, start, BATCH, to_tensor(pictures), torch.from_numpy(labels[face_of[some], 1::2, 1::2]))
        sample = draw_edits(step, seed, config=config)
        with quick_autocast():
            stacked = sample.layers.stack(networks.config.modalities)
            codes = networks.encoder(stacked)
            shown = sample.given.nonzero()[:, 0]
            if len(shown):
                only = image_only(sample.exemplar[shown]).stack(networks.config.modalities)
                codes = codes.index_copy(0, shown, networks.encoder(only).to(codes.dtype))
            _, bank = networks.bank(codes)
            painted, _ = networks.painter(stacked, sample.mask, codes, bank)
        areas = sample.mask[:, 0].numpy() > 0
        for i, one in enumerate(to_levels(painted.float())):
            masks[start + i] = areas[i]
            coarse[start + i] = _composite(one, pictures[i].astype(np.float32), areas[i])
        if start % (BATCH * 20) == 0:
            tell(f"{start} of {len(face_of)} first passes")


def _composite(painted: Float32, photo: Float32, area: Any) -> UInt8:
    both = np.where(area[..., None], harmonise(painted, photo, area), photo)
    return np.asarray(np.rint(both.clip(0, 255)), np.uint8)


def _parsed(pixels: UInt8, parser: FaceParser) -> UInt8:
    with quick_autocast():
        return parser.parse(pixels)


def _reduced(pixels: UInt8) -> UInt8:
    """(B, 256, 256, 3) -> (B, 128, 128, 3), as the training set is made: Lanczos."""
    return np.stack(
        [np.asarray(Image.fromarray(one).resize((COARSE, COARSE), Image.Resampling.LANCZOS)) for one in pixels]
    )


def _written(out: Path, name: str, shape: tuple[int, ...]) -> UInt8:
    return open_memmap(out / f"{name}.npy", mode="w+", dtype=np.uint8, shape=shape)
