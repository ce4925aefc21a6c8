"""Code files over HTTP: faces that start from them, sessions of the faces that they draw, and hostile ones."""

from __future__ import annotations

import base64
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from mien.checkpoints.codes import load_codes, w_plus_of
from mien.client.wire import form
from mien.errors import ServerError
from mien.serve.codes import KIND, MOST
from tests.serve.conftest import Running, pixels_of


def code(w_plus: Any = None, **facts: Any) -> bytes:
    codes = np.zeros((12, 128), np.float32) if w_plus is None else w_plus
    return save({"w_plus": codes}, {"mien": json.dumps({"kind": "mien-code", "method": "encoder", **facts})})


def asked(server: Running, data: bytes, **wishes: Any) -> tuple[int, Any]:
    body, kind = form([("generate", json.dumps({"format": "json", **wishes})), ("code", data)])
    status, _, answer = server.ask("POST", "/api/generate", body, Content_Type=kind)
    return status, json.loads(answer)


@pytest.fixture(scope="module")
def made(server: Running) -> dict[str, Any]:
    status, told = server.ask_json("POST", "/api/generate", {"format": "json", "codes": True, "seed": 5})
    assert status == 200
    return dict(told)


def test_codes_come_back_and_are_taken(server: Running, made: dict[str, Any], tmp_path: Path) -> None:
    data = base64.b64decode(made["code"])
    path = tmp_path / "face.safetensors"
    path.write_bytes(data)
    assert load_codes(path).codes.shape == (made_shape := w_plus_of(path).shape) and made_shape == (12, 128)
    status, again = asked(server, data)
    assert status == 200 and again["png"] == made["png"] and "code" not in again
    status, older = asked(server, data, text="an old woman with gray hair", codes=True)
    assert status == 200 and older["png"] != made["png"] and older["code"] != made["code"]
    png = server.client.generate(code=path, text="an old woman with gray hair")
    assert png == base64.b64decode(older["png"])


def test_a_session_of_the_face_that_a_code_draws(server: Running, made: dict[str, Any]) -> None:
    data = base64.b64decode(made["code"])
    status, _, answer = server.ask("POST", "/api/sessions", data, Content_Type=KIND, X_Mien_Name="anna.safetensors")
    session = json.loads(answer)
    assert status == 201 and session["photo"]["width"] == made["width"]
    photo = server.ask("GET", f"/api/sessions/{session['id']}/photo?key={session['key']}")[2]
    away = pixels_of(photo).astype(int) - pixels_of(base64.b64decode(made["png"]))
    assert np.abs(away).max() <= 2  # another engine drew it


NESTED = save({"w_plus": np.zeros((12, 128), np.float32)}, {"mien": "[" * 100_000})
WRONG = {
    "nothing": b"",
    "no code file": pickle.dumps({"w_plus": [1.0]}),
    "other tensors": save({"w": np.zeros(3, np.float32)}, {"mien": '{"kind": "mien-code"}'}),
    "nested facts": NESTED,
    "facts that are no object": save({"w_plus": np.zeros((2, 2), np.float32)}, {"mien": "[]"}),
    "no numbers": code(np.full((12, 128), np.nan, np.float32)),
    "huge numbers": code(np.full((12, 128), 1e30, np.float32)),
    "another shape": code(np.zeros((4, 7), np.float32)),
    "one axis": code(np.zeros(1536, np.float32)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_code_is_refused_in_a_sentence(server: Running, name: str) -> None:
    for status, told in (asked(server, WRONG[name]), opened(server, WRONG[name])):
        assert status == 422 and told["error"]["message"].endswith(".") and "/" not in told["error"]["message"]


def opened(server: Running, data: bytes) -> tuple[int, Any]:
    status, _, answer = server.ask("POST", "/api/sessions", data, Content_Type=KIND)
    return status, json.loads(answer)


def test_a_generator_that_a_file_names_is_not_looked_for(server: Running) -> None:
    status, told = opened(server, code(generator="00", origin="somebody/weights"))
    assert status == 422 and "not bundled" in told["error"]["message"]
    status, told = opened(server, code(tuned="00"))
    assert status == 422 and "weights beside" in told["error"]["message"]
    assert any("left out" in note for note in asked(server, code(tuned="00"))[1]["notes"])


def test_limits_and_parts_of_the_form(server: Running) -> None:
    assert asked(server, bytes(MOST + 1))[0] == 413 and opened(server, bytes(MOST + 1))[0] == 413
    status, told = asked(server, code(), attributes={"smiling": 1})
    assert status == 422 and told["error"]["field"] == "attributes"
    assert server.ask_json("POST", "/api/generate", {"codes": True})[1]["error"]["field"] == "codes"
    for parts in ([("generate", "{}"), ("extra", "1")], [("generate", "[]")]):
        body, kind = form(parts)
        assert server.ask("POST", "/api/generate", body, Content_Type=kind)[0] == 422
    with pytest.raises(ServerError, match="no code file"):
        server.client.generate(code=b"none")
