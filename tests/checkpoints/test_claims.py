"""Folders whose settings claim something absurd: one sentence at once, whichever number it is."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mien.checkpoints import editor, generator, parser, perception, windows
from mien.checkpoints.store import BUNDLED, load_folder
from mien.errors import CheckpointError
from mien.models.editing.window import WindowConfig, WindowPainter

Load = Callable[[Any], Any]
LOADERS: dict[str, tuple[Any, Load]] = {
    "face-detector": (perception, perception.load_detector),
    "face-landmarks": (perception, perception.load_landmarks),
    "face-parser": (perception, parser.load_parser),
    "stylegan2-generator": (generator, generator.load_generator),
    "mien-editor": (editor, editor.load_editor),
    "mien-window-painter": (windows, windows.load_windows),
}
FOLDERS = {"stylegan2-generator": "portrait-generator", "mien-editor": "portrait-editor"}
SHAPE = {"stylegan2-generator": "generator", "mien-editor": "editor", "mien-window-painter": "painter"}
HARMLESS = {"images_shown", "scenes_shown", "presence_scenes", "seconds", "middle"}
"""Notes on the training, and the code from which on a map is used: nothing is as large as they say."""

MOST_SECONDS = 5


def stored(kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if kind == "mien-window-painter":
        painter = WindowPainter(WindowConfig())
        return {"kind": kind, "painter": painter.config.to_dict()}, painter.state_dict()
    return load_folder(BUNDLED / FOLDERS.get(kind, kind), kind)


def numbers(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every whole number within nested settings: what holds it, and under which key."""
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        if isinstance(value, dict | list | tuple):
            yield from numbers(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            yield node, key


@pytest.mark.parametrize("kind", LOADERS)
def test_settings_that_claim_huge_networks(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, load = LOADERS[kind]
    config, state = stored(kind)
    config = {key: list(value) if isinstance(value, tuple) else value for key, value in config.items()}
    config.pop("graphs", None)  # they are checked, and build nothing
    shape = config[SHAPE[kind]] if kind in SHAPE else config
    accepted = set()
    for index in range(len(list(numbers(shape)))):
        claimed = copy.deepcopy(config)
        node, key = list(numbers(claimed[SHAPE[kind]] if kind in SHAPE else claimed))[index]
        node[key] *= 1 << 20
        monkeypatch.setattr(module, "load_folder", lambda *_: (claimed, state))  # noqa: B023
        start = time.process_time()
        try:
            load(BUNDLED / FOLDERS.get(kind, kind))
            accepted.add(key)
        except CheckpointError as error:
            assert len(str(error)) < 400, key
        assert time.process_time() - start < MOST_SECONDS, key
    assert accepted <= HARMLESS
