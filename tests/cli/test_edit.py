"""``mien edit`` from the command line: files in, files out, one sentence when something is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
from editing.conftest import editor_folder as editor_folder
from PIL import Image

from mien.cli import main
from mien.photos.read import read_photo

Mien = Callable[..., CompletedProcess[str]]


@pytest.fixture
def run(
    editor_folder: Path, portrait: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """``run("--mask", "hair", ok=0)``: edits the portrait in this process; stdout, or stderr when it must fail."""

    def edit(*arguments: str | Path, ok: int = 0, photo: Path = portrait) -> str:
        words = ["mien", "edit", str(photo), "--editor", str(editor_folder), *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert (left.value.code or 0) == ok, said.err
        return said.err if ok else said.out

    return edit


def save(path: Path, pixels: np.ndarray) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def test_a_process_writes_the_photo_and_its_receipt(
    mien: Mien, editor_folder: Path, portrait: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    words = ("--mask", "hair", "--seed", "1", "--editor", editor_folder, "-o", out, "--receipt")
    receipt = json.loads(mien("edit", portrait, *words).stdout)
    assert receipt["preserved"] and receipt["max_difference_outside"] == 0 and receipt["mask_pixels"] > 1000
    assert "mask hair, seed 1" in receipt["operations"][0]
    assert "ends where the face crop ends" in receipt["operations"][1]
    before, after = read_photo(portrait).pixels, read_photo(out).pixels
    assert 0 < (before != after).any(2).sum() <= receipt["mask_pixels"]


def test_everything_at_once(run: Callable[..., str], portrait: Path, tmp_path: Path) -> None:
    pixels = read_photo(portrait).pixels
    mask = np.zeros((512, 512), np.uint8)
    mask[100:220, 180:280] = 255
    color = np.zeros((96, 96, 4), np.uint8)
    color[20:60, 20:60] = (200, 30, 30, 255)
    drawing = np.full((512, 512), 255, np.uint8)
    drawing[150:153, 190:260] = 0
    semantic = np.full((128, 128), 17, np.uint8)
    out, why = tmp_path / "out.png", tmp_path / "why"
    run(
        *("--mask", save(tmp_path / "mask.png", mask), "--sketch", save(tmp_path / "s.png", drawing)),
        *("--semantic", save(tmp_path / "m.png", semantic), "--color", save(tmp_path / "c.png", color)),
        *("--exemplar", save(tmp_path / "e.jpg", pixels[:, ::-1]), "--attribute", "smile=1.5", "--attribute", "age=-1"),
        *("--weight", "sketch=2", "--weight-map", f"color={save(tmp_path / 'w.png', mask)}", "--protect", "eyes"),
        *("--strength", "0.8", "-n", "2", "-o", out, "--preview", tmp_path / "sheet.png", "--explain", why),
    )
    assert not out.exists() and {path.name for path in tmp_path.glob("out*")} == {"out-1.png", "out-2.png"}
    one, two = (read_photo(tmp_path / f"out-{k}.png").pixels for k in (1, 2))
    assert (one != two).any() and (one[mask == 0] == pixels[mask == 0]).all()
    assert read_photo(tmp_path / "sheet.png").width == 8 * 384
    assert {path.name for path in why.iterdir()} == {
        "image.png", "sketch.png", "semantic.png", "color.png", "legend.png"
    }  # fmt: skip


def test_conditions_then_paint_then_edit(run: Callable[..., str], mien: Mien, portrait: Path, tmp_path: Path) -> None:
    folder = tmp_path / "layers"
    mien("conditions", portrait, "--out", folder)
    assert "Nothing new is painted" in run("--layers", folder, "-o", tmp_path / "x.png", ok=5)
    color = Image.open(folder / "color.png")
    color.paste((40, 70, 230, 255), (150, 60, 350, 120))
    color.save(folder / "color.png")
    receipt = json.loads(run("--layers", folder, "-o", tmp_path / "out.png", "--receipt"))
    assert receipt["preserved"] and 0.005 < receipt["mask_fraction"] < 0.1
    assert "layers mask, color" in receipt["operations"][0]
    assert "sketch and semantic as extracted, so left out" in receipt["operations"][1]
    assert "is an input" in run("--layers", folder, "-o", folder / "image.png", ok=7)


def test_the_default_name_and_what_a_lossy_file_costs(run: Callable[..., str], portrait: Path, tmp_path: Path) -> None:
    photo = tmp_path / "me.jpg"
    Image.open(portrait).save(photo, quality=95)
    assert run("--mask", "nose", "--mode", "look", photo=photo).strip() == str(tmp_path / "me-edited.png")
    words = ("--mask", "nose", "--mode", "look", "-o", tmp_path / "me2.jpg", "--json", "--box", "180,60,280,170")
    receipt = json.loads(run(*words, photo=photo))
    assert not receipt["lossless"] and "JPEG encoding" in receipt["operations"][-1]


@pytest.mark.parametrize(
    ("code", "words", "asked"),
    [
        (5, "give a mask", ()),
        (5, "'hairs' is no region", ("--mask", "hairs")),
        (3, "missing.png does not exist", ("--mask", "missing.png")),
        (5, "missing.svg cannot be read", ("--mask", "nose", "--sketch", "missing.svg")),
        (5, "'smile' is no attribute; write name=strength", ("--mask", "nose", "--attribute", "smile")),
        (9, "no attribute 'beard'; it knows age, smile", ("--mask", "nose", "--attribute", "beard=1")),
        (9, "perhaps smile is meant; 'mien attributes' lists all", ("--mask", "nose", "--attribute", "smyle=1")),
        (9, "write it as sketch=2", ("--mask", "nose", "--weight", "sketch")),
        (9, "weight of sketch is 'big'", ("--mask", "nose", "--weight", "sketch=big")),
        (9, "'text' has no weight", ("--mask", "nose", "--weight", "text=2")),
        (9, "Nothing of 'a beard' can be done", ("--mask", "nose", "--text", "a beard")),
        (6, "neither a folder nor a Hugging Face id", ("--mask", "nose", "--text", "a beard", "--clip", "my clip")),
        (9, "is no frame", ("--mask", "nose", "--frame", "both")),
        (9, "both say where the face is", ("--mask", "nose", "--face", "0", "--box", "1,2,30,40")),
        (4, "There is no face 7", ("--mask", "nose", "--face", "7")),
        (4, "is not a box", ("--mask", "nose", "--box", "1,2")),
        (6, "neither a folder", ("--mask", "nose", "--editor", "nobody")),
        (7, "would hold a PNG", ("--mask", "nose", "--preview", "sheet.jpg")),
        (7, "there is no such folder", ("--mask", "nose", "-o", "nowhere/out.png")),
        (7, "choose a name that ends in one of", ("--mask", "nose", "-o", "out.gif")),
        (9, "Nothing can run on 'abacus'", ("--mask", "nose", "--device", "abacus")),
    ],
)
def test_errors_are_one_sentence_and_leave_nothing(
    run: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    words: str,
    asked: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    target = () if "-o" in asked else ("-o", "out.png")
    said = run(*asked, *target, ok=code)
    assert words in said and said.count("\n") == 1 and said.startswith("mien: ")
    assert not list(tmp_path.iterdir())


def test_no_input_is_ever_replaced(run: Callable[..., str], portrait: Path, tmp_path: Path) -> None:
    mask = save(tmp_path / "mask.png", np.full((512, 512), 255, np.uint8))
    before = mask.read_bytes(), portrait.read_bytes()
    for target in (mask, portrait):
        assert "is an input" in run("--mask", mask, "-o", target, ok=7)
        assert "is an input" in run("--mask", mask, "-o", tmp_path / "out.png", "--preview", target, ok=7)
    assert (mask.read_bytes(), portrait.read_bytes()) == before and not (tmp_path / "out.png").exists()


def test_a_result_is_never_written_over_by_another(run: Callable[..., str], tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    assert "would be written" in run("--mask", "nose", "-o", out, "--preview", out, ok=7)
    assert "would be written" in run("--mask", "nose", "-o", out, "-n", "2", "--preview", tmp_path / "out-2.png", ok=7)
    assert "--explain" in run("--mask", "nose", "-o", tmp_path / "legend.png", "--explain", tmp_path, ok=7)
    assert not list(tmp_path.iterdir())


WRONG = {
    "no attribute 'beard'": ("--mask", "nose", "--attribute", "beard=1"),
    "or a CLIP (--clip)": ("--mask", "nose", "--text", "a beard"),
    "give a CLIP": ("--mask", "nose", "--text", "a smile", "--mode", "look"),
    "'hairs' is no region": ("--mask", "hairs"),
    "'smoke' is no region": ("--mask", "nose", "--protect", "smoke"),
    "mask.png does not exist": ("--mask", "mask.png"),
    "wide.png is 30 x 20 pixels": ("--mask", "nose", "--color", "wide.png"),
    "'#70302' is no color": ("--mask", "nose", "--color", "#70302"),
    "Nothing says where the face may change": ("--color", "#703020"),
    "'exemplar' has no weight": ("--mask", "nose", "--weight", "exemplar=2"),
    "is no folder of layers": ("--layers", "."),
    "The strength of 'smile' is 99": ("--mask", "nose", "--attribute", "smile=99"),
    "is no editor": ("--mask", "nose", "--editor", "portrait-generator"),
    "it knows none": ("--mask", "nose", "--editor", "opencv:telea", "--attribute", "beard=1"),
}


def test_what_needs_no_network_is_refused_before_anything_is_loaded(
    editor_folder: Path, portrait: Path, tmp_path: Path
) -> None:
    """One process tries all of it: torch is never imported."""
    save(tmp_path / "wide.png", np.zeros((20, 30, 3), np.uint8))
    code = (
        "import contextlib, io, json, sys\nfrom mien.cli import main\nsaid = []\n"
        "for words in json.loads(sys.argv[1]):\n"
        "    sys.argv, caught = ['mien', *words], io.TextIOWrapper(io.BytesIO(), write_through=True)\n"
        "    with contextlib.redirect_stderr(caught), contextlib.suppress(SystemExit):\n        main()\n"
        "    said.append(caught.buffer.getvalue().decode())\n"
        "print(json.dumps([said, 'torch' in sys.modules]))"
    )
    which = ("--editor", str(editor_folder))
    given = [["edit", str(portrait), *(() if "--editor" in words else which), *words] for words in WRONG.values()]
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(given)], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    said, torch = json.loads(done.stdout)
    for words, sentence in zip(WRONG, said, strict=True):
        assert words in sentence and sentence.count("\n") == 1, (words, sentence)
    assert not torch


@pytest.mark.parametrize("asked", [("--reshape", "nose-width=1"), ("--text", "a narrower nose")], ids=lambda a: a[0])
def test_variants_of_what_chance_cannot_change_are_one(
    run: Callable[..., str], tmp_path: Path, asked: tuple[str, ...]
) -> None:
    assert run(*asked, "-n", "3", "-o", tmp_path / "out.png").strip().endswith("out-1.png")
    assert [path.name for path in tmp_path.iterdir()] == ["out-1.png"]
