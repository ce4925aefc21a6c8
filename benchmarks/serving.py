"""The server under load: many clients at once, and requests that nobody means.

    python -m benchmarks.serving [--clients 32] [--seconds 60] [--malformed 2000] [--workers 2]

Needs ``pip install 'mien[serve]'``. A server with the bundled editor is started. Each client opens a photo and edits it
until the time is over: a moved nose, a healed spot, a painted mouth, dyed lips; 429 is waited out as the server asks.
Every result is compared with that of the same edit made alone. Then come malformed requests, each an edit, a query or a
body with something odd in it; an answer of 500 and more, or one that tells a path of this computer, is an error. Memory
is what the server holds (resident), MB.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mien.guides.bank import BUNDLED as BANK

LEAK = re.compile(r"/(tmp|work|home|root|usr|var|private)/|site-packages|Traceback|\.py\b")
ODD: list[Any] = [
    *(None, True, -1, 1e308, 2**70, "", " ", "\0", "\ud800", "é" * 300, "x" * 5000, "../../etc/passwd", "/etc/passwd"),
    *("@/etc/passwd", "hair-hair", "<script>", "%s%n", [], [[]], [1, 2, 3], {}, {"": 1}, {"hair": None}),
    *({"upload": "../x"}, {"upload": "0" * 64}, {"file": "/etc/passwd"}, {"a": {"b": {"c": []}}}),
]
FIELDS = (
    *("mask", "sketch", "semantic", "color", "guide", "exemplar", "part", "reshape", "drag", "dye", "mode", "text"),
    *("seed", "strength", "frame", "protect", "weights", "face", "from", "n", "stream", "preview_width", "nobody"),
)
QUERIES = (
    *("photo?box=", "photo?step=", "photo?width=", "faces/0/mask?region=", "faces/0/dye?region=hair&color="),
    *("faces/0/layers?side=", "steps/1/patch?against=", "download?format=", "receipt?quality=", "tasks/", "faces/"),
)


class Asker:
    """One connection. Counts statuses; keeps what is wrong."""

    def __init__(self, url: str) -> None:
        self.host = url.split("/")[2]
        self.seen, self.faults = Counter[int](), list[str]()
        self.connection = http.client.HTTPConnection(self.host, timeout=120)

    def __call__(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, bytes]:
        """Status, headers and body; an underscore in a header's name is a hyphen."""
        told = {name.replace("_", "-"): text for name, text in headers.items()}
        try:
            self.connection.request(method, path, body, told)
            answer = self.connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.faults.append(f"{method} {path[:80]}: {error!r}")
            return 0, {}, b""
        self.seen[answer.status] += 1
        if answer.status >= 500 or (answer.status >= 400 and LEAK.search(data.decode("utf-8", "replace"))):
            self.faults.append(f"{answer.status} {method} {path[:80]} {str(body)[:80]} {data[:200]!r}")
        return answer.status, answer.headers, data

    def patiently(self, method: str, path: str, body: bytes, until: float, **headers: str) -> tuple[int, bytes]:
        """Again after each 429, as long as there is time."""
        while True:
            status, told, data = self(method, path, body, **headers)
            if status != 429 or time.monotonic() > until:
                return status, data
            time.sleep(min(5.0, float(told["retry-after"])))


def memory(pid: int) -> float:
    """Resident, MB."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * 4096 / 1e6


def photo() -> bytes:
    """A small portrait of nobody."""
    picture = Image.open(BANK / "2118.webp").convert("RGB")
    file = BytesIO()
    picture.resize((300, 300 * picture.height // picture.width)).save(file, "PNG")
    return file.getvalue()


def wishes() -> list[dict[str, Any]]:
    """What clients do, in turn."""
    return [
        {"reshape": {"nose-width": -1}},
        {"mask": "nose", "mode": "heal"},
        {"mask": "mouth", "color": "#a03050", "mode": "look"},
        {"dye": {"lips": "coral"}},
    ]


def session(ask: Asker, data: bytes, until: float) -> tuple[str, dict[str, str]]:
    """A session's address and its key as a header; empty where there was no place until then."""
    status, told = ask.patiently("POST", "/api/sessions", data, until, Content_Type="image/png")
    if status != 201:
        return "", {}
    facts = json.loads(told)
    return f"/api/sessions/{facts['id']}", {"X_Mien_Key": facts["key"], "Content_Type": "application/json"}


def client(number: int, url: str, data: bytes, until: float, alone: dict[int, str], told: list[Any]) -> None:
    """Edits until the time is over."""
    ask = Asker(url)
    base, key = session(ask, data, until)
    made, other, k = 0, 0, number
    while base and time.monotonic() < until:
        which = k % len(wishes())
        body = json.dumps({**wishes()[which], "from": 0}).encode()
        status, answer = ask.patiently("POST", f"{base}/edits", body, until, **key)
        if status == 200:
            made += 1
            other += json.loads(answer)["patch"]["png"] != alone[which]
        k += 1
    told.append((ask.seen, ask.faults, made, other))


def load(url: str, pid: int, clients: int, seconds: float) -> None:
    """Many clients at once."""
    data, ask = photo(), Asker(url)
    base, key = session(ask, data, time.monotonic() + 60)
    alone = {}
    for k, wish in enumerate(wishes()):
        body = json.dumps({**wish, "from": 0}).encode()
        alone[k] = json.loads(ask("POST", f"{base}/edits", body, **key)[2])["patch"]["png"]
    told: list[Any] = []
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=client, args=(number, url, data, until, alone, told)) for number in range(clients)
    ]
    held = [memory(pid)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(2.0)
        held.append(memory(pid))
    seen, faults = sum((one[0] for one in told), Counter[int]()), [fault for one in told for fault in one[1]]
    made, other = (sum(one[k] for one in told) for k in (2, 3))
    third = max(1, len(held) // 3)
    print(f"{clients} clients, {seconds:.0f} s: {made} edits, {other} of them other than alone; answers {dict(seen)}")
    print(
        f"memory: {held[0]:.0f} at first, {statistics.median(held[third : 2 * third]):.0f} in the middle third, "
        f"{statistics.median(held[2 * third :]):.0f} in the last"
    )
    print("\n".join(faults) or "no other error")


def malformed(url: str, count: int) -> None:
    """Requests that nobody means."""
    rng, ask, bytes_of = random.Random(0), Asker(url), np.random.default_rng(0)
    base, key = session(ask, photo(), time.monotonic() + 60)
    raw = [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"seed": Infinity}', b"[" * 50_000, b'{"n":' + b"9" * 4000 + b"}"]
    paths = ("/api/read", f"{base}/head", f"{base}/edits", "/sdapi/v1/img2img", "/api/v1/inpaint", "/api/projects")
    for k in range(count):
        odd = rng.choice(ODD)
        if k % 4 == 0:
            told = {"keep": False, rng.choice(FIELDS): odd, rng.choice(FIELDS): rng.choice(ODD)}
            ask("POST", f"{base}/edits", json.dumps(told).encode(), **key)
        elif k % 4 == 1:
            kind = rng.choice(["application/json", "image/png", "multipart/form-data; boundary=x", "text/html", ""])
            ask("POST", rng.choice(paths), rng.choice(raw), **{**key, "Content_Type": kind})
        elif k % 4 == 2:
            value = rng.choice(["", "x", "-1", "1e9", "NaN", "%00", "%ff", "../x", "/etc/passwd", "9" * 30, "0,0,0,0"])
            ask("GET", f"{base}/{rng.choice(QUERIES)}{value}", **key)
        else:
            noise = bytes_of.integers(0, 256, 300, np.uint8).tobytes()
            data = photo()[: rng.randrange(20, 4000)] + noise
            ask("POST", rng.choice(["/api/sessions", f"{base}/uploads"]), data, **{**key, "Content_Type": "image/png"})
    print(f"{count} malformed requests: answers {dict(ask.seen)}")
    print("\n".join(ask.faults) or "no 500, no path")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--malformed", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "mien", "serve", "--port", "0", "--folder", folder]
        command += ["--workers", str(options.workers)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            url = next(word for word in server.stdout.readline().split() if word.startswith("http"))
            try:
                time.sleep(10)  # networks are loaded meanwhile
                if options.malformed:
                    malformed(url, options.malformed)
                if options.clients:
                    load(url, server.pid, options.clients, options.seconds)
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
