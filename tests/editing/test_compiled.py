"""Compiled painting makes the same picture, and is what paints; traced alone, as a compiler is not everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from mien.backends import compiled
from mien.backends.facemug import Facemug
from mien.checkpoints.editor import PARTS, save_editor
from mien.conditions.layers import from_conditions
from mien.conditions.types import Conditions
from mien.editor import Editor
from mien.engine import COMPILED
from mien.models.editing import EditorNetworks
from mien.types import Face, Photo
from tests.training.narrow import narrow_editor


def test_compiled_painting(portrait: Photo, face: Face, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"mask": "mouth", "exemplar": "self", "face": face}
    torch.manual_seed(0)
    networks = EditorNetworks(narrow_editor())  # tracing takes as long as there are layers
    networks.centre()
    save_editor(tmp_path / "small", networks, "# For tests\n", PARTS)
    wanted = Editor.from_pretrained(tmp_path / "small")(portrait, **asked).photo.pixels
    used: list[str] = []
    plain = torch.compile

    def traced(function: object, **options: object) -> object:
        used.append(str(options))
        return plain(function, **{**options, "backend": "eager"})  # type: ignore[call-overload]

    monkeypatch.setattr(torch, "compile", traced)
    monkeypatch.setenv("MIEN_ENGINE", COMPILED)
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    made = Editor(Facemug.load(tmp_path / "small", "cpu"))(portrait, **asked).photo.pixels
    assert np.abs(made.astype(int) - wanted).max() <= 1
    assert len(used) == 5 and not any("reduce-overhead" in one for one in used), "no CUDA graphs on a CPU"
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] >= 5
    assert not torch._dynamo.utils.counters["graph_break"], "one graph for each part"


def test_cuda_replays_graphs(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = editor.backend
    assert isinstance(backend, Facemug)
    modes: list[object] = []
    monkeypatch.setattr(torch, "compile", lambda function, **options: modes.append(options.get("mode")) or function)
    networks = type(backend.networks)(backend.networks.config)
    compiled.compile_painting(networks, "cuda:0")
    assert modes == ["reduce-overhead"] * 5


def test_layers_are_channels_last() -> None:
    layers = from_conditions(np.zeros((8, 8, 3), np.uint8), Conditions(mask=np.ones((8, 8), np.float32)))
    assert layers.stack().is_contiguous(memory_format=torch.channels_last)
