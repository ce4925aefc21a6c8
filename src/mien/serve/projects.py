"""A session as one file: a ZIP of its folder, and back. Nothing in it is executed, and no name in it becomes a path
unless it is one that sessions use."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mien.editing.dyes import swatch_of
from mien.photos.containers import sniff
from mien.serve.faults import ApiError
from mien.serve.pictures import size_of
from mien.serve.settings import ServeSettings
from mien.serve.store import Stored
from mien.session import Session

ABOUT = "project.json"
FORMAT, VERSION = "mien-project", 1

_NAMES = re.compile(r"journal\.jsonl|journal\.end|objects/[0-9a-f]{64}(\.[a-z0-9]{1,8})?")
_MOST_FILES = 20_000


def packed(stored: Stored) -> bytes:
    """A session as ZIP; its files are compressed already."""
    file, root = io.BytesIO(), stored.session.folder.path
    with stored.session.folder.writing(), zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        about = {"format": FORMAT, "version": VERSION, "photo": stored.name}
        archive.writestr(ABOUT, json.dumps(about))
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            if _NAMES.fullmatch(name) and path.is_file():
                archive.write(path, name)
    return file.getvalue()


def name_in(data: bytes) -> str:
    """What the photo of a project is called.

    Raises:
        ApiError: it is none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            info = archive.getinfo(ABOUT)
            if info.file_size > 10_000:
                raise ValueError("size")
            about = json.loads(archive.read(info))
            if about["format"] != FORMAT or about["version"] != VERSION:
                raise ValueError("version")
            name = "".join(character for character in str(about["photo"]) if character.isprintable())
    except Exception as error:  # archives from elsewhere may be anything
        raise ApiError("photo", "This is no project of mien, or one of a newer version.") from error
    return name.replace("\\", "/").rpartition("/")[2][:200] or "photo"


def unpacked(data: bytes, folder: Path, editor: Any, settings: ServeSettings) -> Session:
    """A session in a folder that is not there yet.

    Raises:
        ApiError: damaged, too large, or with files that no session has.
        SessionError: the session in it is damaged.
    """
    folder.mkdir()
    (folder / "objects").mkdir()
    (folder / "snapshots").mkdir()
    try:
        for name, content in _files(data, settings.session_bytes):
            if (container := sniff(content[:64])) is not None:
                size_of(content, container, settings.pixels)
            (folder / name).write_bytes(content)
    except ApiError:
        raise
    except Exception as error:
        raise ApiError("photo", "This project is damaged; save it again.") from error
    session = Session(folder, editor)
    if session.facts["width"] * session.facts["height"] > settings.pixels:
        raise ApiError("too_large", "The photo of this project has too many pixels for this server.")
    for node in session.tree.nodes:
        check_recipe(node.recipe)
    session.result()
    return session


def check_recipe(recipe: Mapping[str, Any]) -> None:
    """Raises ApiError where an edit of another computer names a file of this one."""
    named = [value for value in (recipe.get("dye") or {}).values() if swatch_of(value) is not None]
    face, layers = recipe.get("face"), recipe.get("layers")
    if named or recipe.get("album") or isinstance(layers, str) or (isinstance(face, str) and face.startswith("like:")):
        raise ApiError("photo", "This project names files that it does not hold.")


def _files(data: bytes, most: int) -> Iterator[tuple[str, bytes]]:
    total = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [info for info in archive.infolist() if info.filename != ABOUT]
        if len(entries) > _MOST_FILES:
            raise ApiError("too_large", "This project has too many files.")
        for info in entries:
            total += info.file_size
            if total > most:
                raise ApiError("too_large", "This project is too large.")
            if not _NAMES.fullmatch(info.filename) or info.compress_type != zipfile.ZIP_STORED:
                raise ApiError("photo", "This project holds files that no session has.")
            yield info.filename, archive.read(info)
