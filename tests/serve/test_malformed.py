"""Requests that nobody means: hundreds of them, of which none makes the server fail or tells a path."""

from __future__ import annotations

import http.client
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from mien.client import RemoteSession
from mien.serve.schema import EditBody
from tests.serve.conftest import Running, as_png

ODD: list[Any] = [
    *(None, True, 0, -1, 1e308, 2**70, "", " ", "\0", "\ud800", "é" * 300, "x" * 5000, "../../etc/passwd"),
    *("/etc/passwd", "@/etc/passwd", "C:\\x", "own", "hair-hair", "self", "<script>", "${jndi:x}", "%s%n"),
    *([], [[]], [1, 2, 3], [[1, 2, 3, 4]] * 65, {}, {"": 1}, {"hair": None}, {"hair": "@/etc/passwd"}),
    *({"upload": "../x"}, {"upload": "0" * 64}, {"file": "/etc/passwd", "name": "x"}, {"a": {"b": {"c": []}}}),
]
RAW = [
    *(b"", b"{", b"null", b"[]", b"1", b'"x"', b"\xff\xfe", b'{"from": NaN}', b'{"seed": Infinity}', b"[" * 100_000),
    *(b'{"n":' + b"9" * 5000 + b"}", b'{"text": "\\ud800"}', b'{"dye": {"\\ud800": "red"}}', b'{"a":1,"a":2}'),
]
LEAKS = re.compile(r"/(tmp|work|home|root|usr|var|private)/|site-packages|Traceback|\.py\b")


class Asker:
    """Sends requests over one connection and looks at every answer."""

    def __init__(self, server: Running, key: str) -> None:
        self.connection = http.client.HTTPConnection(server.url.split("/")[2], timeout=30)
        self.key, self.seen = key, Counter[int]()

    def __call__(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> int:
        headers = {"X-Mien-Key": self.key, **({"Content-Type": kind} if kind else {})}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        self.seen[answer.status] += 1
        assert answer.status < 500, (answer.status, method, path[:200], str(body)[:200], text[:300])
        if answer.status >= 400:
            assert not LEAKS.search(text), (path, str(body)[:200], text[:300])
            assert isinstance(json.loads(text), dict)
        return answer.status


def bodies() -> Iterator[bytes]:
    yield from RAW
    for number, (name, field) in enumerate(EditBody.model_fields.items()):
        for value in ODD[number % 3 :: 3]:
            told = {"keep": False, "strict": False, (field.alias or name): value}
            yield json.dumps(told).encode()


@pytest.fixture
def ask(server: Running, opened: RemoteSession) -> Iterator[Asker]:
    asker = Asker(server, opened.key)
    yield asker
    asker.connection.close()


def test_malformed_edits(ask: Asker, opened: RemoteSession) -> None:
    for body in bodies():
        ask("POST", f"/api/sessions/{opened.id}/edits", body)
    assert sum(ask.seen.values()) > 350 and ask.seen[422] > 300, ask.seen


def test_malformed_bodies_of_other_endpoints(ask: Asker, opened: RemoteSession) -> None:
    base = f"/api/sessions/{opened.id}"
    for body in RAW:
        for path in (f"{base}/head", f"{base}/steps/1/change", "/api/read", "/sdapi/v1/img2img", "/api/v1/inpaint"):
            assert ask("POST", path, body) >= 400
        for path in ("/v1/images/edits", "/api/projects", f"{base}/uploads", f"{base}/replay", "/api/sessions"):
            for kind in ("application/json", "multipart/form-data; boundary=x", "image/png"):
                assert ask("POST", path, body, kind) >= 400
    for value in ODD[::2]:
        for name in ("init_images", "mask", "seed", "denoising_strength", "batch_size", "alwayson_scripts", "prompt"):
            body = json.dumps({"init_images": ["aGk="], name: value}).encode()
            assert ask("POST", "/sdapi/v1/img2img", body) >= 400
        ask("POST", f"{base}/head", json.dumps({"to": value}).encode())
        ask("POST", "/api/read", json.dumps({"text": value}).encode())
    assert opened.tree["steps"] == []


def test_malformed_queries(ask: Asker, opened: RemoteSession) -> None:
    base = f"/api/sessions/{opened.id}"
    odd = ["", "x", "-1", "1e9", "NaN", "inf", "%00", "%ff", "../x", "/etc/passwd", "9" * 30, "1,2,3,4,5", "0,0,0,0"]
    for value in odd:
        for query in ("photo?box=", "photo?step=", "photo?width=", "photo?format=", "steps/1/patch?against="):
            assert ask("GET", f"{base}/{query}{value}") >= 400 or value in ("", "1e9")
        for query in ("mask?region=", "field?attributes=", "dye?region=hair&color=", "layers?side=", "matte?region="):
            ask("GET", f"{base}/faces/0/{query}{value}")
        for path in (f"faces/{value}/labels", f"steps/{value}/patch", f"tasks/{value}", f"faces/0/layers/{value}"):
            ask("GET", f"{base}/{path}")
        for path in (f"/api/sessions/{value}", f"/api/samples/{value}", f"/v1/images/results/{value}"):
            ask("GET", path)
        for query in ("download?format=", "receipt?quality=", "recipe?format="):
            ask("GET", f"{base}/{query}{value}")


def test_damaged_photos(ask: Asker, opened: RemoteSession) -> None:
    rng = np.random.default_rng(0)
    small = as_png(rng.integers(0, 255, (24, 32, 3)).astype(np.uint8))
    for number in range(30):
        data = bytearray(small)
        for place in rng.integers(8, len(data), 1 + number % 5):
            data[place] ^= int(rng.integers(1, 256))
        body = bytes(data[: len(data) if number % 2 else int(rng.integers(8, len(data)))])
        ask("POST", f"/api/sessions/{opened.id}/uploads", body, "image/png")
        ask("POST", "/api/sessions", body, "image/png")


def test_damaged_layers(ask: Asker, opened: RemoteSession) -> None:
    rng, head = np.random.default_rng(0), {"X-Mien-Key": opened.key}
    whole = as_png(rng.integers(0, 255, (64, 64), np.uint8))
    for cut in (60, len(whole) // 2):
        told = opened.client.json("POST", f"/api/sessions/{opened.id}/uploads", whole[:cut], "image/png", head)
        for name in ("mask", "sketch", "semantic", "color", "guide", "exemplar"):
            wish = {"mask": "hair", "keep": False, name: {"upload": told["id"]}}
            ask("POST", f"/api/sessions/{opened.id}/edits", json.dumps(wish).encode())
