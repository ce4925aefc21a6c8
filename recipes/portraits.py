"""The prepared set of aligned portraits, in memory, for the recipes that train the face finders.

Layout of the folder: ``index.csv`` (id, split, ...), ``images/ID.jpg`` 256 px in the FFHQ frame, ``person/ID.png``
foreground probability, ``landmarks.npy`` (rows, 478, 3) in the frame of the images.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment

from mien.errors import DataError
from mien.types import Float32, UInt8

SOURCES = """4,558 aligned portraits, a quarter of them synthetic, all from public repositories; nobody is named.
  CC0: presidential-innovation-fellows/pif-website, GSA/digitalcorps.gsa.gov, GSA/digitalgov.gov, 18F/18f.gsa.gov,
  publiccodenet/publiccode.net. US public domain: Hainish/congress-images-225x275, vharnathka/cse151a,
  voteview/member_photos (official portraits). MIT: CivilServiceUSA/us-house, us-senate and us-governors (official
  portraits), cds-snc/digital-canada-ca. CC BY 4.0: MicrosoftDocs/cloud-developer-advocates, ropensci/roweb3,
  rladies/rladies.github.io, carpentries/carpentries.org, angular/angular.io, AusDTO/dta-website. Licence Ouverte
  (Etalab): entrepreneur-interet-general/site-eig. Synthetic faces, MIT: SelfishGene/SFHQ-T2I-dataset (SDXL and
  FLUX-schnell), SelfishGene/visual_taste_approximator (Stable Diffusion 1.4), openpeople 0.1.2."""
"""Of the train split, for model cards."""


@dataclass(frozen=True, eq=False)
class Portraits:
    """One split, decoded. N pictures of side 256.

    Attributes:
        images: (N, 256, 256, 3) uint8 RGB.
        person: (N, 256, 256) uint8, 0-255 probability of a person.
        landmarks: (N, 478, 3) float32, pixels of the 256 px frame.
    """

    images: UInt8
    person: UInt8
    landmarks: Float32

    def __len__(self) -> int:
        return len(self.images)


def load_rows(folder: Path, split: str) -> list[dict[str, str]]:
    """The index's rows of one split.

    Raises:
        DataError: no index.
    """
    index = folder / "index.csv"
    if not index.is_file():
        raise DataError(f"{folder} has no index.csv; give the folder of a prepared portrait set.")
    with index.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["split"] == split]


def load_portraits(folder: Path, split: str) -> Portraits:
    """Decodes one split into memory (about 0.27 MB a picture)."""
    ids = [row["id"] for row in load_rows(folder, split)]
    images = [cv2.imread(str(folder / "images" / f"{i}.jpg"))[..., ::-1] for i in ids]
    person = [cv2.imread(str(folder / "person" / f"{i}.png"), cv2.IMREAD_GRAYSCALE) for i in ids]
    points = np.load(folder / "landmarks.npy")[[int(i) for i in ids]].astype(np.float32)
    return Portraits(np.stack(images), np.stack(person), points)


def fair_weights(folder: Path, split: str) -> Float32:
    """(N,) sampling weights, mean 1: fewer from the large official sources, more from the small informal ones."""
    sources = [row.get("source", "") for row in load_rows(folder, split)]
    count = Counter(sources)
    weight = np.array([count[source] ** -0.35 for source in sources], np.float32)
    return weight / weight.mean()


def mirror_order(landmarks: Float32) -> np.ndarray:
    """(478,) permutation p such that ``points[p]`` with x negated is the mirrored face.

    The mesh is symmetric, so the mean face is; matching it with its own mirror image gives the pairs.
    """
    mean = landmarks.mean(0)
    mean = mean - mean.mean(0)
    mirrored = mean * np.array([-1, 1, 1], np.float32)
    cost = np.linalg.norm(mirrored[:, None] - mean[None], axis=2)
    order = linear_sum_assignment(cost)[1]
    if not np.array_equal(order[order], np.arange(len(order))):
        raise DataError("The mean face is not symmetric enough to pair its left and right points.")
    return order


def rough_yaw(landmarks: Float32) -> Float32:
    """(N,) how far each head is turned, in [-1, 1]: the tip of the nose against the middle of the face's outline."""
    left, right, nose = landmarks[:, 234, 0], landmarks[:, 454, 0], landmarks[:, 1, 0]
    turn: Float32 = (2 * (nose - left) / (right - left) - 1).astype(np.float32)
    return turn
