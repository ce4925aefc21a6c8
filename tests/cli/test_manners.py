"""Manners of the command line: one sentence for every error, at once; nothing lost on odd consoles; quiet Ctrl-C."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import picture_files as files
import pytest

from mien.cli import faces as faces_verb
from mien.cli.console import print_table
from mien.errors import SaveError
from mien.files import write_all
from mien.photos.read import read_photo
from mien.photos.write import save_photo
from mien.session import Session
from mien.types import Face, Photo, Pose

# Runs many command lines in one process, in which PyTorch cannot be loaded.
RUNNER = """
import contextlib, functools, io, json, sys
sys.modules["torch"] = None
import typer.main
from mien.cli import main
typer.main.get_command = functools.cache(typer.main.get_command)
done = []
for arguments in json.load(sys.stdin):
    sys.argv = ["mien", *arguments]
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code
    for stream in (out, err):
        stream.flush()
    done.append((code, *(stream.buffer.getvalue().decode() for stream in (out, err))))
print(json.dumps(done))
"""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


def run_light(lines: Sequence[Sequence[object]]) -> list[Ended]:
    """What each command line came to, without PyTorch; none may take long, and none may wait for a pipe."""
    given = json.dumps([[str(part) for part in line] for line in lines])
    done = subprocess.run(
        [sys.executable, "-c", RUNNER], input=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return [Ended(*one) for one in json.loads(done.stdout)]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a photo, a crop with its JSON, odd files, and a pipe."""
    save_photo(Photo(files.smooth(3)), tmp_path / "photo.png")
    save_photo(Photo(np.zeros((16, 16, 3), np.uint8)), tmp_path / "crop.png")
    Session.create(tmp_path / "session", tmp_path / "photo.png")
    facts = {"matrix": [[1, 0, 0], [0, 1, 0]], "crop_size": 16, "photo_size": [files.WIDTH, files.HEIGHT]}
    (tmp_path / "crop.json").write_text(json.dumps(facts))
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "layers.json").write_text("{}")
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    return tmp_path


def test_errors_come_before_anything_heavy_is_loaded(here: Path) -> None:
    photo, pipe, out = here / "photo.png", here / "pipe.png", here / "out.png"
    mask, edit, paste = ("mask", photo, "--region", "hair"), ("edit", photo, "--mask", "hair"), ("paste", photo)
    twice, odd = "written twice", "no ordinary file"
    cases: list[tuple[Sequence[object], int, str]] = [
        (("faces", here / "absent.png"), 3, "does not exist"),
        (("faces", pipe), 3, "no ordinary file"),
        (("faces", here / "text.png"), 3, "not a picture"),
        (("faces", photo, "--face", "middle"), 4, "names no face"),
        (("faces", photo, "--box", "1,2,3"), 4, "left,top,right,bottom"),
        (("faces", photo, "--box", "1,2,3,4", "--face", "0"), 9, "--box says"),
        (("faces", photo, "--annotated", photo), 7, "is an input"),
        (("faces", photo, "--annotated", here / "x.txt"), 7, "ends in one of"),
        (("faces", photo, "--annotated", here / "no" / "x.png"), 7, "no such folder"),
        (("faces", photo, "--annotated", pipe), 7, odd),
        (("faces", photo, "--annotated", here / "loop.png"), 7, "Cannot write"),
        (("faces", photo, "--crops", photo), 7, "is a file"),
        ((*mask, "-o", out, "--box", "1,2,3,4"), 5, "exactly one"),
        (("mask", photo, "-o", out, "--region", "nostril"), 5, "is no region"),
        (("mask", photo, "-o", out, "--box", "1,2"), 5, "not what was asked for"),
        ((*mask, "-o", out, "--protect", "hairs"), 5, "is no region"),
        ((*mask, "-o", out, "--face", "middle"), 4, "names no face"),
        ((*mask, "-o", here / "out.jpg"), 7, "would hold a PNG"),
        ((*mask, "-o", photo), 7, "is an input"),
        ((*mask, "-o", out, "--preview", out), 7, twice),
        ((*mask, "-o", out, "--preview", here / "layers" / ".." / "out.png"), 7, twice),
        (("mask", pipe, "--region", "hair", "-o", out), 3, odd),
        ((*edit, "-o", out, "--preview", out), 7, twice),
        ((*edit, "-o", out, "-n", "2", "--preview", here / "out-2.png"), 7, twice),
        ((*edit, "-o", photo), 7, "is an input"),
        (("borrow", photo, "--part", "ear", "-o", out), 5, "choose from"),
        (("invert", photo, "--method", "magic"), 9, "choose encoder"),
        (("invert", photo, "--method", "encoder", "--steps", "9"), 9, "takes no steps"),
        (("invert", photo, "-o", out), 7, "end it in .safetensors"),
        (("sample", "--code", here / "no.safetensors", "--grid", out), 6, "does not exist"),
        (("edit", photo, "--mask", "hair", "--code", photo, "-o", out), 6, "no code file"),
        (("borrow", photo, "--part", "eyes", "--hair-color-from", photo, "-o", out), 9, "for borrowed hair"),
        (("borrow", photo, "--part", "hair", "--hair-color-from", here / "no.jpg", "-o", out), 3, "does not exist"),
        (("heal", photo, "--mask", "nostril", "-o", out), 5, "is no region"),
        (("session", "edit", here / "session", "--mask", "nostril"), 5, "is no region"),
        (("session", "edit", here / "session"), 5, "give a mask"),
        ((*edit, "-o", pipe), 7, odd),
        (("edit", pipe, "--mask", "hair", "-o", out), 3, odd),
        ((*paste, here / "crop.png", "-o", photo), 7, "is an input"),
        ((*paste, here / "crop.png", "-o", here / "crop.json"), 7, "ends in one of"),
        ((*paste, pipe, "-o", out), 5, "is not the JSON of a crop"),
        ((*paste, here / "crop.png", "--matrix", pipe, "-o", out), 5, "is not the JSON of a crop"),
        ((*paste, here / "crop.png", "--matrix", here / "deep.json", "-o", out), 5, "is not the JSON of a crop"),
        ((*paste, here / "crop.png", "--mask", pipe, "-o", out), 3, odd),
        (("conditions", photo, "-o", here / "layers"), 7, "holds layers already"),
        (("conditions", photo, "-o", photo), 7, "is a file"),
        (("conditions", photo, "-o", here / "new", "--region", "nostril"), 5, "is no region"),
        (("conditions", pipe, "-o", here / "new"), 3, odd),
        (("faces", photo, "--mediapipe", pipe), 6, "neither a folder nor"),
        ((*mask, "-o", out, "--parser", here / "absent.pth"), 6, "neither a folder nor"),
        (("conditions", photo, "-o", here / "new", "--parser", pipe), 6, "neither a folder nor"),
        (("sample", "--grid", out, "--weights", "nonsense"), 6, "neither a folder"),
        (("sample",), 9, "nothing to write"),
        (("sample", "--grid", out, "--seeds", "a-b"), 9, "names no seeds"),
        (("sample", "--grid", here / "out.txt"), 7, "ends in one of"),
        (("sample", "--interpolate", "1", "2", "--video", here / "film.avi"), 7, "no kind of film"),
        (("sample", "--interpolate", "1", "2", "--video", here / "a.webp", "--grid", here / "a.webp"), 7, twice),
        (("import", here / "absent.pkl", "--out", here / "new"), 6, "does not exist"),
        (("import", pipe, "--out", here / "new"), 6, odd),
        (("import", photo, "--out", photo), 7, "is a file"),
        (("import", photo, "--out", photo / "new"), 7, "Not a directory"),
        (("export", "generator", "nonsense", "--out", here / "g.pt"), 6, "neither a folder"),
        (("export", "generator", here, "--out", here / "g.txt"), 9, "ends neither"),
        (("export", "generator", here, "--out", here / "g.onnx", "--layout", "rosinality"), 9, "is not a name"),
        (("export", "generator", here, "--out", here / "no" / "g.pt"), 7, "no such folder"),
        (("evaluate", "compare", here, "--reference", here / "no", "--features", photo), 8, "does not exist"),
        (("evaluate", "compare", here, "--reference", here, "--features", here / "no.pt"), 6, "does not exist"),
        (("evaluate", "compare", "nonsense", "--reference", here, "--features", photo), 6, "neither a folder"),
        (("evaluate", "compare", here, "--reference", here, "--features", photo, "--out", here), 7, "is a folder"),
        (("evaluate", "pairs", here / "no", here), 8, "does not exist"),
        (("evaluate", "pairs", here, here, "--perceptual", here / "no.pt"), 6, "does not exist"),
        (("evaluate", "pairs", here, here, "--clip", "a/b"), 9, "belong together"),
        (("evaluate", "neighbours", here, "--data", here, "--features", pipe, "--out", here / "n.png"), 6, odd),
        (("evaluate", "neighbours", here, "--data", here, "--features", photo, "--out", pipe), 7, odd),
        (("evaluate", "smoothness", "nonsense", "--perceptual", photo), 6, "neither a folder"),
        (("evaluate", "protocol", "--model", "telea", "--data", here / "no", "--out", here / "p"), 8, "does not exist"),
        (("evaluate", "protocol", "--model", "telea", "--data", here, "--out", photo), 7, "is a file"),
        (("train", "generator", "--data", here / "no", "--out", here / "new"), 9, "does not exist"),
        (("train", "generator", "--data", here, "--out", photo), 9, "is a file"),
        (("attributes", "--nonsense"), 2, "No such option"),
        (("read",), 2, "Missing argument"),
        (("faces",), 9, "There is no photo; give one"),
        (("faces", photo, "--nonsense"), 2, "No such option"),
        (("faces", photo, "--size", "wide"), 2, "--size"),
        (("faces", photo, "--size", "3"), 2, "--size"),
        (("nonsense",), 2, "No such command"),
        (("session", "nonsense"), 2, "mien session --help"),
        (("mask", photo), 2, "--out"),
    ]
    before = sorted(here.rglob("*"))
    for (line, code, words), ended in zip(cases, run_light([line for line, _, _ in cases]), strict=True):
        told = f"{' '.join(map(str, line))}: {ended}"
        assert (ended.code, ended.out) == (code, ""), told
        assert ended.err.startswith("mien: ") and ended.err.count("\n") == 1 and words in ended.err, told
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize(
    ("module", "disguise"),
    [("typer", ""), ("numpy", ""), ("PIL.Image", "    raise ImportError('half loaded') from error\n")],
)
def test_interrupt_while_modules_are_loaded_is_quiet(module: str, disguise: str, here: Path) -> None:
    code = (
        "import sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *rest):\n"
        f"        if name == {module!r}:\n"
        "            try:\n"
        "                raise KeyboardInterrupt\n"
        "            except KeyboardInterrupt as error:\n"
        f"            {disguise or '    raise'}\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from mien.cli import main\n"
        f"sys.argv = ['mien', 'mask', {str(here / 'photo.png')!r}, '--box', '1,2,9,9', '-o', {str(here / 'o.png')!r}]\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def run_alone(*arguments: object, **more: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "mien", *map(str, arguments)], timeout=60, check=False, stderr=subprocess.PIPE, **more
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1251"])
def test_consoles_that_lack_characters(encoding: str, here: Path) -> None:
    photo = (here / "photo.png").rename(here / "Gesicht ö 顔.png")
    line = ("mask", photo, "--box", "1,2,30,20", "-o", here / "Maske ö 顔.png")
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    plain = run_alone(*line, env=environment, stdout=subprocess.PIPE)
    assert (plain.returncode, plain.stderr) == (0, b"") and b"pixels may change" in plain.stdout
    listed = run_alone(*line, "--json", env=environment, stdout=subprocess.PIPE)
    assert Path(json.loads(listed.stdout.decode(encoding))["mask"]).is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_full_standard_output_is_said(here: Path) -> None:
    for line in (("--help",), ("--version",), ("mask", here / "photo.png", "--box", "1,2,30,20", "-o", here / "o.png")):
        with Path("/dev/full").open("wb") as full:
            done = run_alone(*line, stdout=full)
        assert done.returncode == 7, done.stderr
        assert done.stderr.startswith(b"mien: Cannot print") and done.stderr.count(b"\n") == 1
    assert read_photo(here / "o.png").width == files.WIDTH, "the result itself is there"


def test_tables_are_never_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    head = ("face", "a very long heading", "another very long heading", "and one more long heading")
    print_table("title", head, [("0", "1" * 30, "2", "3"), ("10", "", "x" * 50, "")])
    lines = capsys.readouterr().out.splitlines()
    assert all(word in lines[1] for word in head) and "1" * 30 in lines[3] and "x" * 50 in lines[4]
    assert len({len(line) for line in lines[1:4]}) == 1


def a_face(x: float) -> Face:
    quad = np.array([(x, 2), (x, 18), (x + 16, 18), (x + 16, 2)], np.float64)
    return Face((x, 2, x + 16, 18), 0.9, np.zeros((478, 3), np.float32), quad, Pose(0, 0, 0), (0.3, 0.3), 0.0)


def test_crops_are_written_together_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, numbered = Photo(files.smooth(3)), [(0, a_face(2)), (1, a_face(20))]
    (tmp_path / "photo-face-1.png").write_bytes(b"painted")
    with pytest.raises(SaveError, match=r"face-1\.png exists already; .* nothing was written"):
        faces_verb._crops(photo, numbered, tmp_path, 16, False)
    contents = faces_verb._crops(photo, numbered, tmp_path, 16, True)
    assert len(contents) == 4
    original: Callable[..., int] = Path.write_bytes
    written: list[Path] = []

    def failing(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        return original(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", failing)
        with pytest.raises(SaveError, match="No space left"):
            write_all(contents)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("photo-face-1.png", b"painted")]
    write_all(contents)
    assert len(list(tmp_path.iterdir())) == 4
