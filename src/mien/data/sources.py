"""Where pictures come from: a folder, a prepared set, WebDataset shards or a packed set, told apart by content."""

from __future__ import annotations

import csv
from pathlib import Path

from mien.data.packed import is_packed, packed_pictures
from mien.data.pictures import SUFFIXES, Picture
from mien.data.shards import shard_pictures
from mien.errors import DataError

INDEX = "index.csv"


def find_pictures(path: Path, *, split: str = "train", drop: frozenset[str] = frozenset()) -> list[Picture]:
    """Lists a set without decoding anything, in an order that depends on the names only.

    Args:
        path: a folder of pictures (searched recursively), a prepared set (``index.csv`` and ``images/``), a ``.tar``
            shard or a folder of them, or a file that :func:`mien.data.packed.write_packed` made.
        split: the rows of a prepared set to take.
        drop: names to leave out (what ``mien data filter`` lists).

    Raises:
        DataError: nothing there, or no pictures in it.
    """
    pictures = [picture for picture in _find(path, split) if picture.name not in drop]
    if not pictures:
        raise DataError(f"{path} holds no pictures; give a folder of pictures, shards or a packed set.")
    return pictures


def read_names(file: Path | None) -> frozenset[str]:
    """Names, one per line, as ``mien data filter`` writes them; none without a file.

    Raises:
        DataError: the file cannot be read.
    """
    if file is None:
        return frozenset()
    try:
        return frozenset(file.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file} cannot be read; give a text file with one name per line.") from error


def _find(path: Path, split: str) -> list[Picture]:
    if not path.exists():
        raise DataError(f"{path} does not exist; give a folder of pictures, shards or a packed set.")
    if path.is_file():
        return packed_pictures(path) if is_packed(path) else shard_pictures([path])
    if (path / INDEX).is_file():
        return prepared_pictures(path, split)
    if shards := sorted(path.glob("*.tar")):
        return shard_pictures(shards)
    return folder_pictures(path)


def folder_pictures(folder: Path) -> list[Picture]:
    """Every picture below a folder, hidden ones excluded; the name is the path inside it."""
    files = (file for file in sorted(folder.rglob("*")) if file.suffix.lower() in SUFFIXES and file.is_file())
    names = ((file.relative_to(folder), file) for file in files)
    return [
        Picture(inside.as_posix(), file.read_bytes)
        for inside, file in names
        if not any(part.startswith(".") for part in inside.parts)
    ]


def prepared_pictures(folder: Path, split: str) -> list[Picture]:
    """The rows of ``index.csv`` (columns ``id`` and ``split``, others become fields) with ``images/{id}.*``.

    Raises:
        DataError: a column or a picture is missing, or the table cannot be read.
    """
    rows = read_index(folder)
    if not rows or not {"id", "split"} <= rows[0].keys():
        raise DataError(f"{folder / INDEX} needs rows with the columns id and split; see the format of a prepared set.")
    files = {file.stem: file for file in (folder / "images").glob("*") if file.suffix.lower() in SUFFIXES}
    chosen = [row for row in rows if row["split"] == split]
    if missing := [row["id"] for row in chosen if row["id"] not in files]:
        raise DataError(f"{folder} lacks the picture of id {missing[0]} ({len(missing)} in all); complete images/.")
    return [Picture(row["id"], files[row["id"]].read_bytes, row) for row in chosen]


def read_index(folder: Path) -> list[dict[str, str]]:
    """The rows of ``index.csv``; cells that a row lacks are empty, those beyond the header are left out.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with (folder / INDEX).open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file, restval=""))
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"{folder / INDEX} is not a table of text ({error}); write it again as UTF-8.") from error
    return [{name: cell for name, cell in row.items() if name is not None} for row in rows]
