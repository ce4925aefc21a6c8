"""Threads of one process: each gets what it would have got alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import numpy as np
import picture_files as files
import pytest
import torch

from mien.editing.cache import EditCache
from mien.editor import Editor
from mien.photos.read import read_photo
from mien.photos.receipt import save_with_receipt
from mien.photos.write import same_samples, save_photo
from mien.types import Face, Photo
from tests.editing.conftest import editor as editor
from tests.editing.conftest import editor_folder as editor_folder
from tests.editing.conftest import face as face
from tests.editing.conftest import portrait as portrait

T = TypeVar("T")


def together(tasks: list[Callable[[], T]]) -> list[T]:
    """The results of tasks that begin at the same moment, each in a thread."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], T]) -> T:
        start.wait(30)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


@pytest.mark.parametrize("shared", [False, True], ids=["without cache", "one cache"])
def test_edits_in_threads_are_those_made_in_turn(shared: bool, editor: Editor, portrait: Photo, face: Face) -> None:
    wishes: list[dict[str, Any]] = [
        {"mask": "hair", "sketch": "self", "seed": 3},
        {"mask": "mouth", "attributes": {"smile": 1.0}, "seed": 4},
    ]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        alone = [editor(portrait, face=face, **wish).photo.pixels for wish in wishes]
        more = {"cache": EditCache()} if shared else {}
        tasks = [lambda wish=wish: editor(portrait, face=face, **wish, **more).photo.pixels for wish in wishes]
        for made, expected in zip(together(tasks), alone, strict=True):
            np.testing.assert_array_equal(made, expected)
    finally:
        torch.set_num_threads(threads)
    assert not np.array_equal(*alone)


def test_photos_are_read_and_saved_in_threads(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    samples = files.samples()
    names = ["tiff-rgb16", "tiff-lzw8", "png-rgba16", "png-palette", "webp-alpha", "bmp", "jpeg-metadata", "avif"]
    paths = [samples[name].write(tmp_path, name) for name in names]
    expected = [read_photo(path) for path in paths]

    def task(path: Path, number: int) -> Photo:
        photo = read_photo(path)
        mask = np.zeros((photo.height, photo.width), bool)
        mask[2:9, 3:12] = True
        pixels = photo.pixels.copy()
        pixels[mask] //= 2
        target = tmp_path / f"new-{number}.png"
        assert save_with_receipt(photo, photo.with_pixels(pixels), mask, target).preserved
        return read_photo(target).with_pixels(photo.pixels)

    tasks = [lambda path=path, number=number: task(path, number) for number, path in enumerate([*paths, *paths])]
    for made, wanted in zip(together(tasks), [*expected, *expected], strict=True):
        assert same_samples(made, wanted)
    assert capfd.readouterr().err == ""


def test_one_name_written_by_many_threads_holds_one_of_them(tmp_path: Path) -> None:
    photos = [Photo(files.picture(3, 8, seed)) for seed in range(4)]
    target = tmp_path / "same.png"
    together([lambda photo=photo: save_photo(photo, target) for photo in photos])
    assert any(same_samples(read_photo(target), photo) for photo in photos)
    assert [path.name for path in tmp_path.iterdir()] == ["same.png"]
