"""What a text-conditioned mapper makes of random faces, as a strip, and what another network says of it.

    mien train words --out runs/words --images 20000 [--identity NETWORK.pt --trust-code]
    python -m recipes.mapper --mapper runs/words/words --text "a big smile" --out strip.png [--judge NETWORK.pt]

The reader that taught the mapper judges nothing: ``--judge`` is another one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from mien.checkpoints.judges import load_script
from mien.checkpoints.mapper import load_mapper
from mien.checkpoints.shapes import load_pair
from mien.checkpoints.store import BUNDLED
from mien.directions.faces import codes_of_faces, pictures_of
from mien.models.mapper import TextMapper
from mien.models.stylegan2 import Generator
from mien.words.reader import read

JUDGED = 64
"""Faces that another network looks at."""


def degrees_of(text: str, attributes: tuple[str, ...]) -> Tensor:
    """(1, A): what a sentence asks for; what the mapper does not know is left out."""
    found = torch.zeros(1, len(attributes))
    for wish in read(text).wishes:
        if wish.attribute in attributes:
            found[0, attributes.index(wish.attribute)] = wish.degree
    return found


@torch.no_grad()
def measured(generator: Generator, judge: torch.nn.Module, mapper: TextMapper, degrees: Tensor, faces: int) -> Tensor:
    """(faces, 2, ...): what another network tells of unseen faces before and after, its first answer."""
    codes = codes_of_faces(generator, range(faces))
    both = (codes, codes + mapper(codes, degrees.expand(faces, -1)))
    told = [judge(generator.synthesis(one, "const")) for one in both]
    return torch.stack([one[0] if isinstance(one, tuple) else one for one in told], 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generator", type=Path, default=BUNDLED / "portrait-generator")
    parser.add_argument("--mapper", type=Path, required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--faces", type=int, default=8)
    parser.add_argument("--judge", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    generator, mapper = load_pair(options.generator).generator, load_mapper(options.mapper)
    degrees = degrees_of(options.text, mapper.config.attributes)
    codes = codes_of_faces(generator, range(options.faces))
    with torch.no_grad():
        edited = codes + mapper(codes, degrees.expand(options.faces, -1))
    rows = [np.hstack(list(pictures_of(generator, one))) for one in (codes, edited)]
    Image.fromarray(np.vstack(rows)).save(options.out)
    if options.judge is not None:
        judge = load_script(options.judge, torch.device("cpu"), trust_code=True)
        told = measured(generator, judge, mapper, degrees, JUDGED)
        change = (told[:, 1] - told[:, 0]).reshape(JUDGED, -1)
        print("mean change", change.mean(0).numpy().round(3), "share that grows", (change > 0).float().mean(0).numpy())


if __name__ == "__main__":
    main()
