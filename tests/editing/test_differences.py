"""What a generator changes in a face, carried over to its photo."""

from __future__ import annotations

import numpy as np
import pytest

from mien import Editor
from mien.errors import ConfigError
from mien.guides.bank import BUNDLED
from mien.guides.carried import LIMIT
from mien.photos.read import read_photo


def test_a_difference_changes_light_on_skin_alone_and_keeps_its_tone() -> None:
    editor, photo = Editor.from_pretrained(), read_photo(BUNDLED / "2125.webp")
    result = editor(photo, attributes={"smile": 4.0}, mode="difference")
    before, after = (one.pixels.astype(np.float32) for one in (photo, result.photo))
    (face,) = result.faces
    changed = (before != after).any(-1)
    assert changed.any() and not changed[face.mask == 0].any()
    ratio = np.log((after[changed] + 1) / (before[changed] + 1))
    assert 0.01 < np.abs(ratio).max() <= 2 * LIMIT + 0.1
    assert np.abs(ratio.mean(0)).max() < 0.02, "the tone of the skin stays"
    assert any("light alone" in one for one in face.notes)
    with pytest.raises(ConfigError, match="name one"):
        editor(photo, mode="difference")
    with pytest.raises(ConfigError, match="no attribute 'age'"):
        editor(photo, attributes={"age": 1.0}, mode="difference")
