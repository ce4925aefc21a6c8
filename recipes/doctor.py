"""The pictures that ``mien doctor`` compares with: ``python -m recipes.doctor``, after networks were trained anew."""

from __future__ import annotations

import numpy as np
from PIL import Image

from mien.doctor.cases import CASES, REFERENCE
from mien.doctor.ways import Way


def main() -> None:
    way = Way("torch")
    with way.chosen():
        editor = way.editor()
        strip = np.concatenate([case.make(editor) for case in CASES.values() if case.networks], 1)
    Image.fromarray(strip).save(REFERENCE, lossless=True, quality=100, method=6)
    print(f"{REFERENCE}: {strip.shape[1]} x {strip.shape[0]}, {REFERENCE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
