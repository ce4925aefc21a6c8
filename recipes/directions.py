"""The first attribute directions: what changes in the codes when landmarks say that a mouth smiles or opens.

    python -m recipes.directions --editor runs/editor/painter/editor --data PORTRAITS

writes ``directions.safetensors`` beside the editor's weights. A direction n (equation 3) is found by ridge regression
of a measured attribute on the codes of the training portraits, and scaled so that a strength of 1 is one standard
deviation of the attribute. Codes finer than the face's geometry are left alone.

Letters: N pictures, L codes, C length of a code.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import RidgeCV

from mien.align.measure import mouth_openness, smile
from mien.checkpoints.editor import load_editor
from mien.data import ImageSet, find_pictures
from mien.editing.directions import save_directions
from mien.models.editing import EditorNetworks
from mien.pixels import to_tensor
from mien.training.editing.sample import image_only
from mien.types import Float32, Float64

GEOMETRY = 8
"""Codes that shape a face; finer ones are color and texture."""


MEASURES: dict[str, Callable[[Float32], float]] = {"smile": smile, "mouth_open": mouth_openness}


@torch.inference_mode()
def encode(networks: EditorNetworks, images: ImageSet, batch: int = 16) -> Float64:
    """(N, L, C) codes of whole pictures."""
    found = []
    for start in range(0, len(images), batch):
        pictures = to_tensor(images.batch(range(start, min(start + batch, len(images)))))
        found.append(networks.encoder(image_only(pictures).stack()).numpy())
    return np.concatenate(found).astype(np.float64)


def direction(codes: Float64, values: Float64) -> tuple[torch.Tensor, float]:
    """Codes (N, L, C), an attribute (N,) -> (L, C), and the share of the attribute's variance that codes explain.

    Ridge regression gives b; among the faces there are, the attribute grows along Σb (Σ the codes' covariance), the
    direction in which other things change least for it.
    """
    kept = codes[:, :GEOMETRY].reshape(len(codes), -1)
    centred = kept - kept.mean(0)
    wanted = (values - values.mean()) / values.std()
    fit = RidgeCV(alphas=np.logspace(-1, 4, 11)).fit(centred, wanted)
    along = centred.T @ (centred @ fit.coef_) / len(centred)
    along /= along @ fit.coef_  # one standard deviation per unit
    whole = np.zeros(codes.shape[1:])
    whole[:GEOMETRY] = along.reshape(GEOMETRY, -1)
    return torch.from_numpy(whole).float(), float(fit.score(centred, wanted))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--editor", type=Path, required=True, help="a saved editor; the directions go there")
    parser.add_argument("--data", type=Path, required=True, help="the prepared portraits, with landmarks.npy")
    options = parser.parse_args()
    networks, _ = load_editor(options.editor)
    pictures = find_pictures(options.data, split="train")
    landmarks = np.load(options.data / "landmarks.npy").astype(np.float32)
    codes = encode(networks, ImageSet(pictures, networks.config.resolution))
    found = {}
    for name, measure in MEASURES.items():
        values = np.array([measure(landmarks[int(picture.name)]) for picture in pictures])
        found[name], explained = direction(codes, values)
        print(f"{name}: {explained:.0%} of its variance explained, length {float(found[name].norm()):.2f}")
    save_directions(options.editor, found)


if __name__ == "__main__":
    main()
