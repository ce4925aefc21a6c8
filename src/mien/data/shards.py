"""WebDataset shards: plain tar files in which ``key.jpg`` and ``key.json`` belong together (Aizman et al., 2019)."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path, PurePosixPath

from mien.data.pictures import SUFFIXES, Picture
from mien.errors import DataError


def shard_pictures(shards: Iterable[Path]) -> list[Picture]:
    """Lists the pictures of uncompressed tar files; nothing is unpacked, bytes are read in place.

    Fields come from ``key.json`` (its top-level strings and numbers). The name is ``shard-file/key``.

    Raises:
        DataError: a file is not an uncompressed tar, or is cut short.
    """
    return [picture for shard in shards for picture in _pictures(shard)]


def _pictures(shard: Path) -> list[Picture]:
    members: dict[str, dict[str, tarfile.TarInfo]] = {}
    try:
        with tarfile.open(shard, "r:") as archive:
            for member in archive:
                if member.isfile():
                    # WebDataset's key ends at the first dot of the file name: "0001.face.jpg" is "0001" + "face.jpg".
                    path = PurePosixPath(member.name)
                    stem, _, ending = path.name.partition(".")
                    members.setdefault(str(path.with_name(stem)), {})[ending.lower()] = member
    except (tarfile.TarError, OSError, ValueError) as error:
        raise DataError(f"{shard} is not an uncompressed tar file; give .tar shards or a folder.") from error
    pictures = []
    for key, parts in members.items():
        image = next((part for ending, part in parts.items() if f".{ending.rpartition('.')[2]}" in SUFFIXES), None)
        if image is not None:
            fields = _fields(_read(shard, parts["json"])) if "json" in parts else {}
            pictures.append(Picture(f"{shard.name}/{key}", partial(_read, shard, image), fields))
    return pictures


def _read(shard: Path, member: tarfile.TarInfo) -> bytes:
    with shard.open("rb") as file:
        file.seek(member.offset_data)
        return file.read(member.size)


def _fields(data: bytes) -> dict[str, str]:
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return (
        {k: str(v) for k, v in values.items() if isinstance(v, str | int | float)} if isinstance(values, dict) else {}
    )
