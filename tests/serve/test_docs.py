"""What docs/api.md shows is done: every endpoint is described, every example runs, every file is small."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from PIL import Image

from mien.client import Client, RemoteEdit, RemoteSession
from tests.serve.conftest import Running, running

API = Path(__file__).parent.parent.parent / "docs" / "api.md"
ADDRESS = "http://127.0.0.1:8765"


@pytest.fixture(scope="module")
def folder(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples of curl, done."""
    if shutil.which("curl") is None or shutil.which("bash") is None:
        pytest.skip("needs curl and bash")
    place = tmp_path_factory.mktemp("curl")
    (script,) = (block for block in blocks("sh") if "curl" in block)
    done = subprocess.run(
        ["bash", "-eu", "-c", script.replace(ADDRESS, server.url)],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return place


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", API.read_text("utf-8"), re.DOTALL)


def test_curl(folder: Path) -> None:
    edit, receipt = (json.loads((folder / name).read_text()) for name in ("edit.json", "receipt.json"))
    assert edit["step"] == 2 and edit["operations"] == ["lips dyed coral"]
    found = json.loads((folder / "found.json").read_text())
    assert [hit["name"] for hit in found["hits"]] == ["new.png", "portrait.webp"], "it smiles there"
    assert receipt["preserved"] and (folder / "new.png").stat().st_size > 100_000


def test_python(folder: Path, server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with Image.open("portrait.webp") as picture:  # the same, and quick
        picture.resize((picture.width // 3, picture.height // 3)).save("portrait.webp")
    for block in blocks("python"):
        exec(compile(block.replace(ADDRESS, server.url), "docs/api.md", "exec"), {})  # noqa: S102


def test_every_endpoint_is_described(server: Running) -> None:
    status, told = server.ask_json("GET", "/api/openapi.json")
    assert status == 200
    text = API.read_text("utf-8")
    for path in told["paths"]:
        last = re.sub(r"/\{\w+\}", "", path).rsplit("/", 1)[-1]
        assert last in text or path.startswith(("/sdapi", "/api/v1")), path
    json_bodies = json.dumps(told["paths"])
    for name in re.findall(r"#/components/schemas/(\w+)", json_bodies):
        assert name in told["components"]["schemas"]


def test_the_command_serves_and_stops(tmp_path: Path, portrait_png: bytes) -> None:
    program = started(tmp_path / "sessions")
    assert program.stdout is not None
    try:
        line = program.stdout.readline()
        client = Client(re.findall(r"http://[\d.:]+", line)[0])
        session, made = client.open(portrait_png), list[RemoteEdit]()
        edit = Thread(target=lambda: made.append(session.edit(reshape={"nose-width": -1})))
        edit.start()
        while not client.json("GET", "/api/health")["queue"]["running"]:
            pass
        program.send_signal(signal.SIGTERM)
        edit.join()
        assert [one.step for one in made] == [1], "what runs comes to its end"
        assert program.wait(20) in (0, -signal.SIGTERM)
    finally:
        program.kill()
        program.stdout.close()
        program.wait()
    assert [path.name for path in (tmp_path / "sessions").iterdir()] == [session.id]


def started(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "mien", "serve", "--no-warm", "--port", "0", "--folder", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_sessions_outlive_a_server_that_is_killed(tmp_path: Path, portrait_png: bytes, bundled: Any) -> None:
    with started(tmp_path) as program:
        assert program.stdout is not None
        client = Client(re.findall(r"http://[\d.:]+", program.stdout.readline())[0])
        session = client.open(portrait_png)
        session.edit(reshape={"nose-width": -1})
        picture = session.picture()
        status = client.json("POST", f"/api/sessions/{session.id}/edits", *body({"dye": {"hair": "auburn"}}, session))
        while (
            client.json("GET", f"/api/sessions/{session.id}/tasks/{status['task']}", headers=key(session))["state"]
            != "running"
        ):
            pass
        program.kill()
    with running(bundled, folder=tmp_path) as server:
        again = server.client.session(session.id, session.key)
        assert again.tree["head"] == 1 and again.picture() == picture
        assert again.edit(reshape={"nose-width": 1}).step == 2
    assert {path.name for path in tmp_path.iterdir()} == {session.id}


def key(session: RemoteSession) -> dict[str, str]:
    return {"X-Mien-Key": session.key}


def body(wishes: dict[str, Any], session: RemoteSession) -> tuple[bytes, str, dict[str, str]]:
    return json.dumps({**wishes, "wait": False}).encode(), "application/json", key(session)


def test_importing_mien_brings_no_server(server: Any) -> None:
    code = (
        "import mien, mien.cli.app, sys; mien.Client; print(sorted({'fastapi', 'torch', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
