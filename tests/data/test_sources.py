from __future__ import annotations

import csv
import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.data import find_pictures, write_packed
from mien.data.sources import read_names
from mien.errors import DataError


def _picture(seed: int, size: tuple[int, int] = (24, 20)) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8))


def _encoded(seed: int) -> bytes:
    buffer = io.BytesIO()
    _picture(seed).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures, one below a sub-folder; a hidden one and a text beside them."""
    root = tmp_path / "folder"
    (root / "deep").mkdir(parents=True)
    (root / ".trash").mkdir()
    _picture(1).save(root / "b.png")
    _picture(2).save(root / "deep" / "a.PNG")
    _picture(3).save(root / ".trash" / "c.png")
    (root / "notes.txt").write_text("not a picture")
    return root


def _shard(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def test_folder_is_searched_and_hidden_files_are_not(folder: Path) -> None:
    assert [p.name for p in find_pictures(folder)] == ["b.png", "deep/a.PNG"]


def test_pictures_are_cropped_in_the_centre_and_reduced_without_aliasing(tmp_path: Path) -> None:
    wide = np.zeros((64, 96, 3), np.uint8)
    wide[:, :16] = wide[:, -16:] = 255  # outside the centered square
    wide[:, 16:80:2] = 100  # stripes of one pixel, mean 50
    Image.fromarray(wide).save(tmp_path / "wide.png")
    pixels = find_pictures(tmp_path)[0].pixels(8)
    assert pixels.shape == (8, 8, 3)
    assert np.abs(pixels[:, 1:-1].astype(int) - 50).max() <= 8


def test_exif_rotation_is_applied(tmp_path: Path) -> None:
    image = Image.fromarray(np.repeat(np.repeat(np.eye(2, dtype=np.uint8)[0][None, :, None], 2, 0), 3, 2) * 255)
    exif = Image.Exif()
    exif[0x0112] = 3  # turned by 180 degrees
    image.resize((16, 16), Image.Resampling.NEAREST).save(tmp_path / "turned.png", exif=exif)
    pixels = find_pictures(tmp_path)[0].pixels(16)
    assert pixels[:, :8].max() == 0
    assert pixels[:, 8:].min() == 255


def test_prepared_set_takes_one_split_with_its_columns(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    with (tmp_path / "index.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["id", "split", "gender"], ["0", "train", "male"], ["1", "test", ""], ["2", "train", ""]])
    for i in range(3):
        _picture(i).save(tmp_path / "images" / f"{i}.png")
    assert [(p.name, p.fields["gender"]) for p in find_pictures(tmp_path)] == [("0", "male"), ("2", "")]
    assert [p.name for p in find_pictures(tmp_path, split="test")] == ["1"]
    assert [p.name for p in find_pictures(tmp_path, drop=frozenset({"0"}))] == ["2"]
    (tmp_path / "images" / "2.png").unlink()
    with pytest.raises(DataError, match="id 2"):
        find_pictures(tmp_path)


def test_shards_pair_pictures_with_their_json(tmp_path: Path) -> None:
    _shard(tmp_path / "a.tar", {"x/0.png": _encoded(1), "x/0.json": json.dumps({"age": 3, "tags": []}).encode()})
    _shard(tmp_path / "b.tar", {"1.face.png": _encoded(2), "1.txt": b"words", "2.txt": b"no picture"})
    pictures = find_pictures(tmp_path)
    assert [(p.name, dict(p.fields)) for p in pictures] == [("a.tar/x/0", {"age": "3"}), ("b.tar/1", {})]
    assert np.array_equal(pictures[1].pixels(20), _picture(2).crop((0, 2, 20, 22)))


def test_packed_set_keeps_names_fields_and_nearly_the_pixels(folder: Path, tmp_path: Path) -> None:
    pictures = find_pictures(folder)
    flat = [type(p)(p.name, p.read, {"group": str(i)}) for i, p in enumerate(pictures)]
    written = write_packed(flat, 16, tmp_path / "set.safetensors", quality=100)
    assert written == (tmp_path / "set.safetensors").stat().st_size
    packed = find_pictures(tmp_path / "set.safetensors")
    assert [(p.name, p.fields) for p in packed] == [("b.png", {"group": "0"}), ("deep/a.PNG", {"group": "1"})]
    for a, b in zip(pictures, packed, strict=True):
        assert np.abs(a.pixels(16).astype(int) - b.pixels(16)).mean() < 3


def test_a_pack_over_the_limit_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="lower --quality"):
        write_packed(find_pictures(folder), 16, tmp_path / "set.safetensors", limit=100)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_bad_sets_are_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        find_pictures(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no pictures"):
        find_pictures(tmp_path / "empty")
    with pytest.raises(DataError, match="not an uncompressed tar"):
        find_pictures(folder / "notes.txt")
    (tmp_path / "empty" / "broken.png").write_bytes(b"\x89PNG")
    with pytest.raises(DataError, match=r"broken\.png cannot be read"):
        find_pictures(tmp_path / "empty")[0].pixels(8)
    (tmp_path / "empty" / "index.csv").write_text("name\nx\n")
    with pytest.raises(DataError, match="columns id and split"):
        find_pictures(tmp_path / "empty")
    with pytest.raises(DataError, match="one name per line"):
        read_names(tmp_path / "nowhere.txt")


def test_a_packed_set_that_was_cut_short_is_refused(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "set.safetensors"
    write_packed(find_pictures(folder), 16, target)
    target.write_bytes(target.read_bytes()[:-100])
    with pytest.raises(DataError):
        find_pictures(target)
