"""Shared fixtures. Data-dependent tests use the prepared sets beside the checkout where they exist."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from mien.types import UInt8

SHARED = Path(__file__).parent.parent.parent / "shared"


FIRST = ("web", "training", "evaluation/protocol", "generation", "editing", "engine", "doctor", "sessions")
"""Folders of the slowest files: they run first, so that no process waits for another's at the end (see Makefile)."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Within a folder and a file, the order stays."""
    here = Path(__file__).parent

    @cache
    def rank(folder: Path) -> int:
        name = folder.relative_to(here).as_posix() + "/" if here in folder.parents else ""
        return next((number for number, one in enumerate(FIRST) if name.startswith(f"{one}/")), len(FIRST))

    items.sort(key=lambda item: rank(item.path.parent))


def pytest_configure() -> None:
    """An eighth of the time went into looking for garbage among what was imported, traced and parsed."""
    gc.set_threshold(50_000, 20, 10)


def pytest_collection_finish() -> None:
    """What is imported by now stays."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _options_of_one_command() -> Iterator[None]:
    """What ``mien --engine``, ``--commercial-only`` and ``--c2pa`` put into the environment ends with the test."""
    before = {name: value for name, value in os.environ.items() if name.startswith("MIEN_")}
    yield
    for name in [name for name in os.environ if name.startswith("MIEN_") and name not in before]:
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture(autouse=True)
def _arithmetic_of_a_fresh_process() -> Iterator[None]:
    """What makes arithmetic quick for training must not outlive it: libraries count with subnormals."""
    yield
    assert np.float32(2e-38) / np.float32(4) > 0, "the test left the process flushing subnormals to zero"


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of prepared photo sets; the test is skipped where there is none."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("needs the prepared photo sets in ../shared/data")
    return folder


@pytest.fixture(scope="session")
def astronaut() -> UInt8:
    """(512, 512, 3) uint8 RGB: one face, about 100 pixels wide, its FFHQ square around (223, 115)."""
    import skimage.data

    picture: UInt8 = np.asarray(skimage.data.astronaut())
    return picture


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """See :func:`tiny_clip.write_clip`."""
    from tiny_clip import write_clip

    return write_clip(tmp_path_factory.mktemp("clips") / "tiny")
