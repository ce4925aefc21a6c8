"""Who may ask, and how much they may send."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mien.client import Client, RemoteSession
from mien.errors import ConfigError, ServerError
from mien.serve.settings import ServeSettings
from tests.serve.conftest import Running, running

TOKEN = "a-secret-of-nobody"
PAGE = "https://www.photopea.com"


@pytest.fixture(scope="module")
def guarded(bundled: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("guarded")
    with running(bundled, folder=folder, token=TOKEN, origins=(PAGE,), body_seconds=0.5) as one:
        yield one


def test_other_addresses_need_a_token() -> None:
    with pytest.raises(ConfigError, match="--token"):
        ServeSettings(host="0.0.0.0")
    with pytest.raises(ConfigError, match="shorter"):
        ServeSettings(host="0.0.0.0", token="short")
    assert ServeSettings(host="0.0.0.0", token=TOKEN).token == TOKEN


@pytest.mark.parametrize("path", ["/api/catalog", "/v1/models", "/sdapi/v1/options", "/api/v1/model", "/metrics"])
def test_the_token_is_asked_for_everywhere(guarded: Running, path: str) -> None:
    assert guarded.ask("GET", path)[0] == 401
    assert guarded.ask("GET", path, Authorization="Bearer wrong-one-here")[0] == 401
    assert guarded.ask("GET", path, Authorization="Basic !!!")[0] == 401
    assert guarded.ask("GET", path, Authorization=f"Bearer {TOKEN}")[0] == 200
    basic = "dXNlcjphLXNlY3JldC1vZi1ub2JvZHk="  # user:TOKEN
    assert guarded.ask("GET", path, Authorization=f"Basic {basic}")[0] == 200


def test_a_browser_gets_the_token_as_a_cookie(guarded: Running) -> None:
    assert guarded.ask("GET", "/?token=wrong-one-here")[0] == 401
    status, headers, _ = guarded.ask("GET", f"/?token={TOKEN}")
    cookie = headers["set-cookie"]
    assert status == 303 and headers["location"] == "/" and "HttpOnly" in cookie and "samesite=strict" in cookie.lower()
    assert guarded.ask("GET", "/api/catalog", Cookie=cookie.partition(";")[0])[0] == 200
    assert guarded.ask("GET", "/api/health")[0] == 200


def test_names_that_are_not_ours_are_refused(server: Running) -> None:
    status, answer = server.ask_json("GET", "/api/catalog", Host="evil.example")
    assert (status, answer["error"]["code"]) == (403, "host")
    assert server.ask("GET", "/api/catalog", Host="localhost:1")[0] == 200


def test_other_pages_are_refused_unless_they_are_named(server: Running, guarded: Running) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        status, answer = server.ask_json("GET", "/api/catalog", Origin=origin)
        assert (status, answer["error"]["code"]) == (403, "origin")
    assert server.ask("GET", "/api/catalog", Sec_Fetch_Site="cross-site")[0] == 403
    status, headers, _ = server.ask("GET", "/api/catalog", Origin=server.url)
    assert status == 200 and "access-control-allow-origin" not in headers
    told = {"Origin": PAGE, "Authorization": f"Bearer {TOKEN}"}
    status, headers, _ = guarded.ask("GET", "/api/catalog", **told)
    assert status == 200 and headers["access-control-allow-origin"] == PAGE
    assert guarded.ask("OPTIONS", "/sdapi/v1/img2img", Origin=PAGE)[0] == 204
    assert guarded.ask("OPTIONS", "/sdapi/v1/img2img", Origin="https://evil.example")[0] == 403


def test_pages_are_told_to_run_nothing_from_elsewhere(server: Running) -> None:
    for path in ("/", "/api/health", "/nothing"):
        _, headers, _ = server.ask("GET", path)
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff" and "server" not in headers


def test_bodies_are_limited_before_they_are_read(server: Running) -> None:
    connection = http.client.HTTPConnection(server.url.split("/")[2], timeout=10)
    connection.putrequest("POST", "/api/sessions")
    connection.putheader("Content-Type", "image/png")
    connection.putheader("Content-Length", str(10**9))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()

    def endless() -> Iterator[bytes]:
        yield from (b"x" * 100_000 for _ in range(40))

    connection = http.client.HTTPConnection(server.url.split("/")[2], timeout=10)
    try:
        connection.request("POST", "/api/sessions", endless(), {"Content-Type": "image/png"}, encode_chunked=True)
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # it was cut off while we were sending
    finally:
        connection.close()
    assert status == 413


def test_a_body_that_does_not_come_is_given_up(guarded: Running) -> None:
    host, port = guarded.url.split("/")[2].split(":")
    with socket.create_connection((host, int(port)), 10) as slow:
        head = f"POST /api/read HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\n"
        slow.sendall(head.encode() + b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{")
        start = time.monotonic()
        assert b" 408 " in slow.recv(100)
        assert time.monotonic() - start < 5


def test_a_head_that_does_not_come_is_given_up(guarded: Running) -> None:
    host, port = guarded.url.split("/")[2].split(":")
    for first in (b"", b"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"):
        with socket.create_connection((host, int(port)), 10) as slow:
            slow.sendall(first)
            if first:
                assert b" 200 " in slow.recv(5000)
            start = time.monotonic()
            slow.sendall(b"GET /api/he")
            while slow.recv(5000):
                pass
            assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("kind", "status"),
    [("text/html", 415), ("image/jpeg", 415), ("", 415), ("image/png", 201), ("application/octet-stream", 201)],
)
def test_types_are_strict(server: Running, portrait_png: bytes, kind: str, status: int) -> None:
    assert server.ask("POST", "/api/sessions", portrait_png, Content_Type=kind)[0] == status


def test_a_bomb_is_refused_by_its_head(server: Running) -> None:
    import struct
    import zlib

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">2I5B", 60000, 60000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    status, _, answer = server.ask("POST", "/api/sessions", bomb, Content_Type="image/png")
    assert status == 413 and b"60000 x 60000" in answer


def test_a_session_is_nobody_elses(server: Running, opened: RemoteSession, session: RemoteSession) -> None:
    for key in ("", "wrong", session.key):
        status, answer = server.ask_json("GET", f"/api/sessions/{opened.id}/tree", X_Mien_Key=key)
        assert (status, answer["error"]["code"]) == (404, "not_found")
    assert server.ask("GET", f"/api/sessions/{opened.id}/photo?key={opened.key}")[0] == 200
    with pytest.raises(ServerError, match="not uploaded"):
        upload = opened.client.json(
            "POST", f"/api/sessions/{opened.id}/uploads", opened.picture(), "image/png", {"X-Mien-Key": opened.key}
        )
        session.edit(mask={"upload": upload["id"]}, mode="heal")


@pytest.mark.parametrize(
    "path", ["/../pyproject.toml", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/app.py"]
)
def test_no_path_leaves_the_page(server: Running, path: str) -> None:
    assert server.ask("GET", path)[0] in (400, 404, 405)
    assert server.ask("GET", f"/api/samples{path}")[0] == 404
    assert server.ask("GET", f"/api/sessions{path}")[0] in (400, 404, 405)


def test_a_project_with_other_files_is_refused(
    server: Running, session: RemoteSession, tmp_path: Path, portrait_png: bytes
) -> None:
    import json
    import zipfile

    whole = session.save_project(tmp_path / "a.mien")
    for name, data in (("../evil", b"x"), ("objects/evil.py", b"x"), ("/etc/evil", b"x")):
        with zipfile.ZipFile(tmp_path / "b.mien", "w") as archive, zipfile.ZipFile(whole) as source:
            for info in source.infolist():
                archive.writestr(info.filename, source.read(info))
            archive.writestr(name, data)
        with pytest.raises(ServerError, match="no session has"):
            session.client.open_project(tmp_path / "b.mien")
    with zipfile.ZipFile(tmp_path / "c.mien", "w") as archive:
        archive.writestr("project.json", json.dumps({"format": "mien-project", "version": 1, "photo": "x"}))
    with pytest.raises(ServerError):
        session.client.open_project(tmp_path / "c.mien")
    assert not list(server.settings.folder.glob(".draft-*"))
    assert Client(server.url).open(portrait_png).id
