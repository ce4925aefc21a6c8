"""Layer files: as large as the photos that they lie over, and no larger."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.conditions import pictures
from mien.conditions.pictures import open_picture
from mien.errors import LayerError
from mien.photos.read import MAX_PIXELS


@pytest.mark.parametrize("size", [(9000, 40), (40, 20_000)])
def test_layers_of_large_photos_are_read(size: tuple[int, int], tmp_path: Path) -> None:
    Image.fromarray(np.zeros(size[::-1], np.uint8)).save(tmp_path / "layer.png")
    assert open_picture(tmp_path / "layer.png").size == size


def test_layers_beyond_the_largest_photo_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pictures.MAX_PIXELS == MAX_PIXELS
    monkeypatch.setattr(pictures, "MAX_PIXELS", 1000)
    Image.fromarray(np.zeros((40, 40), np.uint8)).save(tmp_path / "layer.png")
    with pytest.raises(LayerError, match=r"layer\.png has 40 x 40 pixels"):
        open_picture(tmp_path / "layer.png")
