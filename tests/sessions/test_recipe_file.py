"""Recipes in files: what a session exports makes the same edits again, bit for bit, on this photo and on others."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mien.editing.context import EditContext
from mien.editing.request import Request
from mien.editor import Editor
from mien.errors import ConfigError, FaceSelectionError, MienError, UnreadablePhotoError
from mien.photos.write import save_photo
from mien.session import Session
from mien.sessions.recipe_file import read_recipe, recipe_of
from mien.types import Photo, UInt8


@pytest.fixture(scope="module")
def inpainter() -> Editor:
    return Editor.from_pretrained("opencv:telea")


def written(folder: Path, told: Any) -> Path:
    path = folder / "recipe.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told))
    return path


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("{", "is no JSON"),
        ({"edits": []}, "has no list of edits"),
        ({"format": "mien-recipe", "version": 2, "edits": [{}]}, "no recipe of version 1"),
        ([{"mask": "hair"}, {"colour": "red"}], r"Edit 2: 'colour' is no input of an edit; did you mean color\?"),
        ([{"attributes": "smile"}], "^Edit 1: 'attributes' is 'smile'; give names with values"),
        ([{}, {"reshape": {"smile": "much"}}], "Edit 2: 'reshape' has a value that is no number"),
        ([{"mask": "hair"}, {"strength": 2}], "Edit 2: The strength is 2"),
        ([{"strict": "yes"}], "'strict' is 'yes'; give true or false"),
        ([{"text": 5}], "'text' is 5; give words"),
        ([{"drag": [1, 2]}], "'drag' is no list of"),
        ([{}, {"mask": "lines.png"}], "Edit 2: .*lines.png does not exist"),
        ([{"quad": [1]}], "'quad' holds no four corners"),
    ],
)
def test_errors_name_the_edit_and_the_field(tmp_path: Path, told: Any, sentence: str) -> None:
    with pytest.raises((ConfigError, UnreadablePhotoError), match=sentence):
        read_recipe(written(tmp_path, told))


@pytest.mark.parametrize("name", [*(one.name for one in fields(Request)), "quad", "note", "photo"])
def test_whatever_a_file_says_is_a_recipe_or_a_sentence(tmp_path: Path, name: str) -> None:
    values = (None, 5, 1e99, "", "x", "like:", [], [[1, 2, 3, 4]], {}, {"file": 5}, {"file": "recipe.json"}, True)
    for value in (*values, "a\0b", {"a": None}, {"smile": [1]}, [None], [[[]]]):
        path = written(tmp_path, {"edits": [{"mask": "hair"}, {name: value}], "photo": value})
        with suppress(MienError):
            assert all(step.request.describe() is not None for step in read_recipe(path).steps)


def test_files_are_found_from_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    Image.new("L", (8, 8), 255).save(tmp_path / "sub" / "mask.png")
    told = [{"mask": "sub/mask.png", "face": "like:sub/mask.png", "dye": {"hair": [1, 2, 3]}, "drag": [[1, 2, 3, 4]]}]
    read = read_recipe(written(tmp_path, told))
    request = read.steps[0].request
    assert request.mask == request.face == tmp_path / "sub" / "mask.png" == read.files[0]
    assert request.dye == {"hair": (1, 2, 3)} and request.drag == ((1.0, 2.0, 3.0, 4.0),)


def test_what_a_session_exports_is_made_again_bit_for_bit(inpainter: Editor, astronaut: UInt8, tmp_path: Path) -> None:
    portrait = Photo(astronaut)
    save_photo(portrait, tmp_path / "photo.png")
    mask, paste = np.zeros((512, 512), np.uint8), np.zeros((512, 512, 4), np.uint8)
    mask[150:158, 215:225] = 255
    paste[118:124, 230:240] = (120, 60, 60, 255)
    Image.fromarray(mask).save(tmp_path / "mask.png")
    Image.fromarray(paste).save(tmp_path / "paste.png")
    session = Session.create(tmp_path / "session", tmp_path / "photo.png", inpainter)
    session.apply(reshape={"smile": 1.0}, note="kinder")
    session.apply(mask=str(tmp_path / "mask.png"), mode="heal")
    session.apply(guide=str(tmp_path / "paste.png"), face="left", dye={"lips": (160, 40, 60)})
    told = json.loads(json.dumps(recipe_of(session, None, str)))
    read = read_recipe(written(tmp_path, told))
    assert [step.note for step in read.steps] == ["kinder", "", ""] and read.size == (512, 512)
    moved = Photo(np.pad(astronaut, ((0, 40), (60, 0), (0, 0)), mode="edge"))
    replayed = session.replay(tmp_path / "other", moved)
    for photo, expected in ((portrait, session.result()), (moved, replayed.result())):
        scratch = tmp_path / f"scratch-{photo.width}"
        scratch.mkdir()
        result = inpainter.edit_in_turn(photo, read.requests(photo, EditContext(inpainter), scratch))
        np.testing.assert_array_equal(result.photo.pixels, expected.pixels)
        assert not (result.photo.pixels != photo.pixels)[~result.mask].any()
        assert result.operations[0].startswith("edit 1: ") and len(result.faces) == 3


def test_faces_are_named_by_their_place(inpainter: Editor, astronaut: UInt8) -> None:
    photo = Photo(np.hstack([astronaut, astronaut[:, ::-1]]))
    edits = [{"face": "right", "dye": {"lips": "crimson"}}, {"face": "left", "reshape": {"smile": 0.5}}]
    right, left = (face.mask for face in inpainter.edit_in_turn(photo, edits).faces)
    assert right[:, 512:].any() and not right[:, :512].any() and left[:, :512].any() and not left[:, 512:].any()
    with pytest.raises(FaceSelectionError, match="There is no face 7"):
        inpainter.edit_in_turn(photo, [{"face": 7, "dye": {"lips": "crimson"}}])
    with pytest.raises(MienError, match="Edit 2: 'lops' is no region"):
        inpainter.edit_in_turn(photo, [edits[0], {"dye": {"lops": "crimson"}}])


def test_wrong_names_are_told_before_numpy_is_loaded(tmp_path: Path) -> None:
    wrong: list[dict[str, Any]] = [{"maskk": "hair"}, {"dye": {"hair": "blondd"}}, {"part": "noze"}, {"quad": [1]}]
    for number, edit in enumerate(wrong):
        (tmp_path / f"{number}.json").write_text(json.dumps([edit]))
    code = (
        "import sys\nfrom pathlib import Path\nfrom mien.errors import MienError\n"
        "from mien.sessions.recipe_file import read_recipe\n"
        "for path in sys.argv[1:]:\n    try:\n        read_recipe(Path(path))\n    except MienError as error:\n"
        "        print(error, [name for name in ('numpy', 'cv2') if name in sys.modules])\n"
    )
    paths = [str(tmp_path / f"{number}.json") for number in range(len(wrong))]
    done = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True)
    told = done.stdout.splitlines()
    assert len(told) == len(wrong) and all(line.startswith("Edit 1: ") and line.endswith("[]") for line in told)
