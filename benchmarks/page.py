"""The web editor in Chromium: from pen-up to changed pixels, previews in the browser, ink, first paint.

    python -m benchmarks.page [--photo FILE] [--rounds 7] [--only NAME ...] [--json FILE]

Needs ``pip install 'mien[serve]' playwright`` and Debian's chromium. A server with the bundled editor is started.
Edits are from the pointer's release to the frame that shows what the server answered, its pixels pasted ("draft": of
the photo as the screen shows it, which comes first where the photo is larger); "server" is what the server's clock says
about the same edits, "cpu" and "browser" what they took of a core. Previews are what one takes in the browser. Ink is
from an event's time to the ink being drawn, and to the end of the frame that shows it; frames come every 16.7 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import print_table

EVENTS = 500
HELPERS = """
window.mienFrame = () => new Promise((done) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => done(performance.now());
  channel.port2.postMessage(0);
}));
window.mienEdits = [];
window.mienMarks = {};
let up = 0;
addEventListener('pointerup', () => { up = performance.now(); }, true);
new PerformanceObserver(async (list) => {
  for (const entry of list.getEntriesByName('mien:edit')) {
    const shown = await window.mienFrame();
    const {state} = await import('/js/state.js');
    const draft = window.mienDraft ? window.mienDraft - up : 0;
    window.mienEdits.push({ms: shown - up, draft, ...state.result?.timings});
    window.mienDraft = 0;
  }
  for (const entry of list.getEntriesByName('mien:draft')) window.mienDraft = await window.mienFrame();
}).observe({entryTypes: ['measure']});
"""


class Server:
    """A server of its own in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "mien", "serve", "--port", "0", "--folder", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = next(word for word in self.process.stdout.readline().split() if word.startswith("http"))

    @property
    def cpu(self) -> float:
        """Milliseconds of a core so far."""
        return spent(self.process.pid)


def spent(pid: int) -> float:
    """Milliseconds of a core that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 1e3 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def browser_spent() -> float:
    """The same, of all processes called chromium."""
    pids = []
    for path in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):
            if path.read_text().startswith("chrom"):
                pids.append(int(path.parent.name))
    return sum(spent(pid) for pid in pids)


class Driver:
    """A page with a photo open."""

    def __init__(self, page: Any, server: Server) -> None:
        self.page, self.server = page, server
        self.rows: list[dict[str, Any]] = []

    def state(self, expression: str) -> Any:
        """A value of the page's state ``s``."""
        return self.page.evaluate(f"import('/js/state.js').then(({{state: s, keepSettings}}) => ({expression}))")

    def wait(self, expression: str) -> None:
        """Until it is true."""
        until = time.monotonic() + 60
        while not self.state(expression):
            if time.monotonic() > until:
                raise SystemExit(f"this did not happen: {expression}; {self.state('s.problem')}")
            time.sleep(0.02)

    def point(self, landmark: int, dx: float = 0.0, dy: float = 0.0) -> tuple[float, float]:
        """A landmark on the screen, moved by so many distances of the eyes' outer corners."""
        x, y = self.page.evaluate(
            """async ([i, dx, dy]) => {
            const {state} = await import('/js/state.js'), {toScreen} = await import('/js/view.js');
            const {landmarks, unit} = state.session.faces[0];
            const box = document.querySelector('.stage').getBoundingClientRect();
            const {x, y} = toScreen(landmarks[i][0] + dx * unit, landmarks[i][1] + dy * unit);
            return [box.left + x, box.top + y];
        }""",
            [landmark, dx, dy],
        )
        return x, y

    def stroke(self, points: list[tuple[float, float]]) -> None:
        """The mouse pressed, moved along points, and released."""
        mouse = self.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*point)
        mouse.up()

    def edits(self, name: str, rounds: int, act: Callable[[int], None]) -> None:
        """Does something with the pointer several times, and measures each until its result is seen."""
        cpu, browser, known = [], [], []
        for k in range(rounds):
            count = self.page.evaluate("window.mienEdits.length")
            before, early = self.server.cpu, browser_spent()
            act(k)
            self.wait(f"window.mienEdits.length > {count}")
            cpu.append(self.server.cpu - before)
            browser.append(browser_spent() - early)
            known.append(self.page.evaluate("window.mienEdits.at(-1)"))
            self.page.wait_for_timeout(600)
        first, *rest = known
        walls = [one["ms"] for one in rest]
        self.rows.append(
            {
                "what": name,
                "first": first["ms"],
                "median": statistics.median(walls),
                "worst": max(walls),
                **({"draft": statistics.median(one["draft"] for one in rest)} if first["draft"] else {}),
                "server": statistics.median(one.get("total", 0) for one in rest),
                "cpu": statistics.median(cpu[1:]),
                "browser": statistics.median(browser[1:]),
            }
        )
        print(self.rows[-1], [{k: round(v) for k, v in one.items()} for one in known[-1:]], flush=True)


def heal(driver: Driver, rounds: int) -> None:
    """Spots on the forehead and cheeks."""
    driver.page.click("[data-task=heal]")

    def act(k: int) -> None:
        x, y = driver.point(10, -0.3 + 0.08 * k, 0.25)
        driver.stroke([(x, y), (x + 4, y + 2), (x + 8, y + 2)])

    driver.edits("heal a spot", rounds, act)


def paint(driver: Driver, rounds: int) -> None:
    """Strokes of color, which the bundled model paints."""
    driver.page.click("[data-task=paint]")
    driver.page.click("[data-layer=color]")
    driver.state("(s.ink = '#a03050', 1)")

    def act(k: int) -> None:
        x, y = driver.point(13, -0.15, 0.03 * (k % 2))
        driver.stroke([(x + i * 4, y + k) for i in range(12)])

    driver.edits("paint color on lips", rounds, act)


def sketch(driver: Driver, rounds: int) -> None:
    """Lines, which the bundled model paints."""
    driver.page.click("[data-task=paint]")
    driver.page.click("[data-layer=sketch]")

    def act(k: int) -> None:
        x, y = driver.point(105, -0.2, 0.01 * k)
        driver.stroke([(x + i * 4, y - i / 2) for i in range(12)])

    driver.edits("sketch a brow", rounds, act)


def drag(driver: Driver, rounds: int) -> None:
    """A mouth corner."""
    driver.page.click("[data-task=shape]")
    driver.page.evaluate("import('/js/preview/preview.js').then((p) => p.loadField()).then(() => 1)")

    def act(k: int) -> None:
        x, y = driver.point(61, 0, -0.005 * k)
        driver.stroke([(x - i * 1.0, y - i * 0.8) for i in range(8)])

    driver.edits("drag a mouth corner", rounds, act)
    warps = driver.page.evaluate("performance.getEntriesByName('mien:warp').map((one) => one.duration)")
    driver.rows.append(preview("move in the browser", warps))


def dye(driver: Driver, rounds: int) -> None:
    """Swatches."""
    driver.page.click("[data-task=color]")
    names = ["auburn", "platinum", "copper", "black", "chestnut", "ginger", "teal"]
    x, y = driver.point(10, 0, -0.3)
    driver.page.mouse.move(x, y)
    driver.page.wait_for_timeout(300)
    driver.page.mouse.click(x, y)
    driver.page.wait_for_timeout(2500)
    for name in names[:3]:
        driver.page.hover(f"[data-color={name}]")
        driver.page.wait_for_timeout(700)
    driver.edits("dye hair", rounds, lambda k: driver.page.click(f"[data-color={names[k % len(names)]}]"))
    dyes = driver.page.evaluate("performance.getEntriesByName('mien:dye').map((one) => one.duration)")
    driver.rows.append(preview("dye in the browser", dyes))


def preview(name: str, durations: list[float]) -> dict[str, Any]:
    """Rows of a preview's measures."""
    p95 = float(np.percentile(durations, 95))
    row = {
        "what": name,
        "first": durations[0],
        "median": statistics.median(durations),
        "worst": max(durations),
        "p95": p95,
    }
    print(row, flush=True)
    return row


def ink(driver: Driver, rounds: int) -> None:
    """A stroke of EVENTS events, one after the other, as the browser's input sends them."""
    driver.page.click("[data-task=paint]")
    driver.page.click("[data-layer=mask]")
    driver.state("(keepSettings({automatic: false}), 1)")
    driver.page.evaluate("""() => {
        window.mienInk = {drawn: [], frame: []};
        const stage = document.querySelector('.stage');
        const raw = 'onpointerrawupdate' in window;
        const note = (event) => {
            const drawn = performance.now() - event.timeStamp;
            const began = event.timeStamp;
            window.mienInk.drawn.push(drawn);
            if (window.mienInk.waiting) return window.mienInk.waiting.push(began);
            window.mienInk.waiting = [began];
            window.mienFrame().then((now) => {
                for (const one of window.mienInk.waiting) window.mienInk.frame.push(now - one);
                window.mienInk.waiting = null;
            });
        };
        stage.addEventListener(raw ? 'pointerrawupdate' : 'pointermove', note);
    }""")
    x, y = driver.point(4)
    turns = np.linspace(0, 6 * np.pi, EVENTS)
    driver.stroke([(x + (20 + 5 * t) * np.cos(t), y + (20 + 5 * t) * np.sin(t)) for t in turns])
    found = driver.page.evaluate("({drawn: window.mienInk.drawn, frame: window.mienInk.frame})")
    for name, values in found.items():
        driver.rows.append({**preview(f"ink, {name} ({len(values)} events)", values)})
    driver.state("(keepSettings({automatic: true}), 1)")


PARTS = {"heal": heal, "paint": paint, "sketch": sketch, "drag": drag, "dye": dye, "ink": ink}


@contextmanager
def opened(photo: Path | None, *extra: str) -> Iterator[Driver]:
    """Chromium with a photo (or the second sample) open in a page of a new server."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        try:
            chromium = shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *extra])
            page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
            page.goto(server.url)
            page.wait_for_selector(".sample")
            painted = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            driver = Driver(page, server)
            driver.rows.append({"what": "first paint", "first": page.evaluate(painted)})
            page.evaluate(HELPERS)
            if photo is None:
                page.locator(".sample").nth(1).click()
            else:
                page.set_input_files("#file", str(photo))
            page.wait_for_selector(".stage", timeout=60_000)
            driver.wait("s.session && !s.loading")
            page.wait_for_timeout(4000)
            yield driver
            browser.close()
        finally:
            server.process.terminate()
            server.process.wait()


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photo", type=Path, help="default: a sample, 512 px")
    parser.add_argument("--rounds", type=int, default=7, help="edits of each kind; the first one is told apart")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with opened(options.photo) as driver:
        for name in options.only:
            PARTS[name](driver, options.rounds)
        told = driver.rows
    names = ("first", "median", "worst", "draft", "p95", "server", "cpu", "browser")
    print_table({row["what"]: {n: row[n] for n in names if n in row} for row in told}, "ms")
    if options.json:
        options.json.write_text(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
