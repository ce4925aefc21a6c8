"""The real page in headless Chromium, with a real server; skipped with a line where either is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
SECONDS = 40_000
"""Milliseconds for one step on a busy computer."""


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server with the bundled editor answers."""
    pytest.importorskip("fastapi", reason="needs pip install 'mien[serve]'")
    folder = tmp_path_factory.mktemp("sessions")
    command = [sys.executable, "-m", "mien", "serve", "--port", "0", "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert "http://" in line, line
        yield next(word for word in line.split() if word.startswith("http")).split("?")[0]
        server.terminate()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    api = pytest.importorskip("playwright.sync_api", reason="needs pip install playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs chromium: apt-get install chromium")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *CAMERA])
        yield started
        started.close()


class Shown:
    """A page with what the tests do on it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.faults: list[str] = []
        page.set_default_timeout(SECONDS)
        page.on("pageerror", self.fault)

    def fault(self, error: Any) -> None:
        self.faults.append(str(error))

    def open_sample(self, number: int = 0) -> None:
        self.page.locator(".sample").nth(number).click()
        self.page.wait_for_selector(".stage")
        self.settled("m.known(0) && p.partAt(s.state.session.faces[0] ? at(10) : {x: 0, y: 0})")

    def settled(self, condition: str) -> None:
        """Waits until an expression over the page's modules is true."""
        script = f"""async () => {{
            const [s, m, p] = await Promise.all(['state', 'pictures', 'parts'].map((one) => import(`/js/${{one}}.js`)));
            const at = (i) => {{ const [x, y] = s.state.session.faces[0].landmarks[i]; return {{x, y}}; }};
            for (let i = 0; i < {SECONDS // 50}; i++) {{
                if ({condition}) return true;
                await new Promise((done) => setTimeout(done, 50));
            }}
            return false;
        }}"""
        assert self.page.evaluate(script), condition

    def state(self, expression: str) -> Any:
        """A value of the page's state ``s``."""
        return self.page.evaluate(f"import('/js/state.js').then(({{state: s}}) => ({expression}))")

    def head(self, number: int) -> None:
        """Waits until a step is shown and nothing runs."""
        self.settled(f"s.state.tree.head === {number} && !s.state.busy && m.known({number})")

    def point(self, landmark: int, dx: float = 0, dy: float = 0) -> tuple[float, float]:
        """A landmark on the screen, moved by so many distances between the eyes' outer corners."""
        script = """async ([i, dx, dy]) => {
            const {state} = await import('/js/state.js');
            const {toScreen} = await import('/js/view.js');
            const {landmarks, unit} = state.session.faces[0];
            const box = document.querySelector('.stage').getBoundingClientRect();
            const {x, y} = toScreen(landmarks[i][0] + dx * unit, landmarks[i][1] + dy * unit);
            return [box.left + x, box.top + y];
        }"""
        x, y = self.page.evaluate(script, [landmark, dx, dy])
        return x, y

    def color(self, landmark: int, dx: float = 0, dy: float = 0) -> list[int]:
        """The mean color that the screen shows around a landmark."""
        x, y = self.point(landmark, dx, dy)
        script = """async ([x, y]) => {
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            const canvas = document.querySelector('canvas.photo');
            const box = canvas.getBoundingClientRect();
            const {data} = canvas.getContext('2d').getImageData(x - box.left - 4, y - box.top - 4, 8, 8);
            const sum = [0, 0, 0];
            data.forEach((value, i) => i % 4 < 3 && (sum[i % 4] += value / 64));
            return sum.map(Math.round);
        }"""
        found: list[int] = self.page.evaluate(script, [x, y])
        return found

    def stroke(self, points: list[tuple[float, float]]) -> None:
        """The mouse pressed, moved along points, and released."""
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point)
        self.page.mouse.up()


@pytest.fixture(scope="session")
def window(browser: Any) -> Iterator[Any]:
    """One page for all tests of the usual kind: a process and an empty cache for each cost two seconds."""
    with browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", accept_downloads=True) as context:
        yield context.new_page()


@pytest.fixture
def shown(window: Any, address: str) -> Iterator[Shown]:
    """The page as somebody sees it who was never there."""
    session = window.context.new_cdp_session(window)
    session.send("Storage.clearDataForOrigin", {"origin": address.rstrip("/"), "storageTypes": "all"})
    session.detach()
    found = Shown(window)
    window.goto(address)
    window.wait_for_selector(".sample")
    yield found
    window.remove_listener("pageerror", found.fault)
    window.goto(f"{address}favicon.svg")  # of the same place: the process stays
    assert not found.faults


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, from npm; it is too large to keep here."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm, which fetches axe-core")
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run(
        [npm, "pack", "axe-core@4", "--silent"], check=False, cwd=folder, capture_output=True, timeout=60
    )
    if done.returncode:
        pytest.skip("npm could not fetch axe-core")
    shutil.unpack_archive(next(folder.glob("*.tgz")), folder)
    return (folder / "package/axe.min.js").read_text("utf-8")
