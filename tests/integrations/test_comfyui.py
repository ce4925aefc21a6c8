"""The ComfyUI nodes, without ComfyUI."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

FOLDER = Path(__file__).parent.parent.parent / "integrations" / "comfyui"


@pytest.fixture(scope="module")
def nodes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("comfyui_mien", FOLDER / "__init__.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def image() -> torch.Tensor:
    from PIL import Image

    from mien.guides.bank import BUNDLED

    picture = Image.open(BUNDLED / "2118.webp").convert("RGB").resize((300, 340))
    numbers = torch.from_numpy(np.asarray(picture).copy()).float() / 255
    return (numbers + 0.001).clamp(0, 1)[None]  # numbers that no byte stands for


def test_it_is_loaded_without_torch_and_comfy() -> None:
    code = (
        "import sys, importlib.util as u; s = u.spec_from_file_location('n', sys.argv[1]); m = u.module_from_spec(s);"
        "s.loader.exec_module(m); print(sorted({'torch', 'mien', 'comfy', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(FOLDER / "__init__.py")], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_one_may_change_and_zero_keeps_its_very_numbers(nodes: ModuleType, image: torch.Tensor) -> None:
    mask = torch.zeros(1, 340, 300)
    mask[:, 150:190, 120:170] = 1
    (edited, changed, report) = nodes.MienEdit().edit(image, mask, mode="heal")
    assert edited.shape == image.shape and edited.dtype == torch.float32 and changed.shape == mask.shape
    assert torch.equal(edited[mask == 0], image[mask == 0])
    assert changed.sum() > 0 and not changed[mask == 0].any() and "filled" in report


def test_words_of_the_node(nodes: ModuleType, image: torch.Tensor) -> None:
    edited, changed, _ = nodes.MienEdit().edit(image, reshape="nose-width=-1.5")
    assert changed.sum() > 100 and not torch.equal(edited, image)
    with pytest.raises(ValueError, match="NAME=VALUE"):
        nodes.MienEdit().edit(image, dye="auburn")
    inputs = nodes.MienEdit.INPUT_TYPES()
    assert inputs["required"]["image"] == ("IMAGE",) and inputs["optional"]["mask"] == ("MASK",)
    assert set(nodes.NODE_CLASS_MAPPINGS) == set(nodes.NODE_DISPLAY_NAME_MAPPINGS)
