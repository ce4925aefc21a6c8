"""A part of the prepared windows in one small file, to be carried to a machine with a GPU.

Pictures are WebP, labels and masks are compressed whole; faces with a wide picture come first, since they are sharp.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from mien.training.windows.store import KIND, WindowStore
from mien.types import UInt8

QUALITY, MEGABYTES, HELD, WIDES = 88, 27.0, 24, 0.75
"""Of WebP; of the file; faces of "val"; share of the file for faces with a wide picture."""

WIDES_OF = ("wides", "wide_labels", "wide_real")
"""Arrays of a store with one entry a wide picture."""


def pack(store: Path, path: Path, megabytes: float = MEGABYTES, seed: int = 0) -> dict[str, int]:
    """Writes the file; returns how many faces of each split are in it.

    Args:
        store: folder with "train" and "val", see ``recipes.windows prepare``.
        path: of the file.
        megabytes: its size at most.
        seed: of the choice.
    """
    counts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        for split in ("val", "train"):
            found = WindowStore.load(store / split)
            wide = found.wide_of >= 0
            order = np.random.default_rng(seed).permutation(len(wide))
            room = (megabytes * 1e6 - _size(file)) * 0.9  # masks and names come last
            shares = ((order[wide[order]], WIDES), (order[~wide[order]], 1.0))
            if split == "val":
                shares, room = ((np.concatenate([one for one, _ in shares])[:HELD], 1.0),), room / 4  # type: ignore[assignment]
            kept: list[int] = []
            start = _size(file)
            for faces, share in shares:
                for face in faces:
                    if _size(file) - start > room * share:
                        break
                    _put_face(file, split, found, int(face))
                    kept.append(int(face))
            _put_rest(file, split, found, kept)
            counts[split] = len(kept)
    return counts


def unpack(path: Path, folder: Path) -> None:
    """Writes what :class:`mien.training.windows.store.WindowStore` opens: "train" and "val" below the folder."""
    with zipfile.ZipFile(path) as file:
        for split in ("val", "train"):
            rest = np.load(io.BytesIO(file.read(f"{split}/rest.npz")))
            faces, target = rest["faces"].tolist(), folder / split
            target.mkdir(parents=True, exist_ok=True)
            wides = [face for face, there in zip(faces, rest["has_wide"], strict=True) if there]
            for name, of in (("squares", faces), ("labels", faces), *((name, wides) for name in WIDES_OF)):
                np.save(target / f"{name}.npy", np.stack([_get(file, f"{split}/{name}/{face}") for face in of]))
            edits = rest["edits"].tolist()
            np.save(target / "coarse.npy", np.stack([_get(file, f"{split}/coarse/{edit}") for edit in edits]))
            side = int(rest["mask_side"])
            masks = np.unpackbits(rest["masks"], axis=1)[:, : side * side].reshape(-1, side, side)
            np.save(target / "masks.npy", masks)
            for name in ("face_of", "native", "weights", "wide_of"):
                np.save(target / f"{name}.npy", rest[name])
            (target / "index.json").write_text(json.dumps({"kind": KIND, "ids": [str(face) for face in faces]}))


def _size(file: zipfile.ZipFile) -> int:
    return int(file.fp.tell()) if file.fp is not None else 0


def _put_face(file: zipfile.ZipFile, split: str, store: WindowStore, face: int) -> None:
    _put(file, f"{split}/squares/{face}", store.squares[face])
    _put(file, f"{split}/labels/{face}", store.labels[face])
    for edit in np.flatnonzero(store.face_of == face):
        _put(file, f"{split}/coarse/{edit}", store.coarse[edit])
    if (wide := int(store.wide_of[face])) >= 0:
        for name in WIDES_OF:
            _put(file, f"{split}/{name}/{face}", getattr(store, name)[wide])


def _put_rest(file: zipfile.ZipFile, split: str, store: WindowStore, faces: list[int]) -> None:
    place = {face: number for number, face in enumerate(faces)}
    edits = [edit for edit, face in enumerate(store.face_of) if int(face) in place]
    has_wide = store.wide_of[faces] >= 0
    rest = {
        "faces": np.array(faces),
        "edits": np.array(edits),
        "has_wide": has_wide,
        "wide_of": np.where(has_wide, np.cumsum(has_wide) - 1, -1),
        "native": store.native[faces],
        "face_of": np.array([place[int(store.face_of[edit])] for edit in edits]),
        "weights": store.weights[edits],
        "masks": np.packbits(store.masks[edits].reshape(len(edits), -1), axis=1),
        "mask_side": np.array(store.masks.shape[1]),
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **rest)
    file.writestr(f"{split}/rest.npz", buffer.getvalue())


def _put(file: zipfile.ZipFile, name: str, pixels: UInt8) -> None:
    buffer = io.BytesIO()
    if pixels.ndim == 2:
        Image.fromarray(np.asarray(pixels)).save(buffer, "PNG", optimize=True)
    else:
        Image.fromarray(np.asarray(pixels)).save(buffer, "WEBP", quality=QUALITY, method=4)
    file.writestr(name, buffer.getvalue())


def _get(file: zipfile.ZipFile, name: str) -> UInt8:
    return np.asarray(Image.open(io.BytesIO(file.read(name))))
