"""Sessions that were damaged, and writers that are killed: what happens to them.

    python -m benchmarks.fuzz_sessions [--cases 2000] [--kills 60] [--seed 0] [--json FILE]

Every case damages a copy of a session in one to three ways (flipped bits, cut, overwritten, swapped or replaced files,
pipes, links, lines of forged or deeply nested JSON with checks that fit), then opens it, reads everything and edits
it. Allowed are: one sentence, or the results that were there before. A kill ends ``new``, ``replay`` or ``edit`` at a
random moment; then the session must be there as a whole or not at all, what was reported must be there, and the next
attempt must succeed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mien.conditions.types import Conditions
from mien.errors import MienError, SessionError
from mien.photos.write import save_photo
from mien.session import Session
from mien.sessions.journal import END, NAME, sealed
from tests.sessions.painter import Painter, picture

MOST_SECONDS = 5
"""Of processor time for one case."""

HANGS_AFTER = 60
"""Seconds that a case may take on a machine that does other things, too."""

LONG = 10**7
"""Bytes; longer files are sparse ones of an earlier damage, and the cases here do not read them."""

ODD: tuple[Any, ...] = (None, "", "../../x.png", -1, 0, 7, 1e308, 10**30, True, [], {}, [[]], "x" * 5000, {"file": "a"})


@dataclass
class Report:
    """What came of it.

    Attributes:
        outcomes: how often each kind of end.
        surprises: what should not have happened, with the case.
        slowest: seconds of processor time of the slowest case.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON, with the largest memory in MB."""
        return {**self.__dict__, "outcomes": dict(self.outcomes), "peak_mb": round(_peak_megabytes())}


def _peak_megabytes() -> float:
    """Most memory that this program took; getrusage on Linux counts the program that started it, too."""
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        return float(dict(line.split(":", 1) for line in lines)["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


class TooSlowError(Exception):
    """Raised by the alarm."""


# Damage


def flip(path: Path, rng: random.Random) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(rng.choice((1, 1, 1, 2, 8))):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)


def cut(path: Path, rng: random.Random) -> None:
    os.truncate(path, rng.randrange(path.stat().st_size + 1))


def overwrite(path: Path, rng: random.Random) -> None:
    data = path.read_bytes()
    start = rng.randrange(len(data) + 1)
    filler = rng.choice((bytes(rng.randrange(200)), rng.randbytes(rng.randrange(200)), b"\n", b"\n{}\n"))
    path.write_bytes(data[:start] + filler + data[start + rng.choice((0, len(filler))) :])


def lengthen(path: Path, rng: random.Random) -> None:
    os.truncate(path, rng.choice((path.stat().st_size + 10**6, 3 * 10**9, 10**12)))


def swap(path: Path, rng: random.Random) -> None:
    other = rng.choice([one for one in path.parent.iterdir() if one.is_file() and one.stat().st_size < LONG])
    mine, its = path.read_bytes(), other.read_bytes()
    path.write_bytes(its)
    other.write_bytes(mine)


def replace_by(path: Path, rng: random.Random) -> None:
    path.unlink()
    kind = rng.randrange(5)
    if kind == 0:
        os.mkfifo(path)
    elif kind == 1:
        path.symlink_to(rng.choice(("/dev/zero", "/etc/hostname", path.name, "..", "nowhere")))
    elif kind == 2:
        path.mkdir()
    elif kind == 3:
        path.touch()


def forge(path: Path, rng: random.Random) -> None:
    """Lines that say something odd, with checks that fit."""
    journal = _journal(path)
    records = [json.loads(line) for line in journal.read_bytes().splitlines()]
    record = rng.choice(records)
    where = record
    while rng.random() < 0.8 and (inner := [one for one in _values(where) if isinstance(one, dict | list) and one]):
        where = rng.choice(inner)
    key = rng.choice(list(where) if isinstance(where, dict) else range(len(where)))
    where[key] = rng.choice((*ODD, _nested(rng.choice((10, 500, 900)))))
    if isinstance(where, dict) and rng.random() < 0.3:
        where["odd"] = where.pop(key)
    if records[0].get("version") == 1:
        journal.write_text("".join(json.dumps(one) + "\n" for one in records))
    else:
        plain = [{name: value for name, value in one.items() if name != "check"} for one in records]
        journal.write_bytes(sealed(plain)[0])
    journal.with_name(END).unlink(missing_ok=True)


def _journal(path: Path) -> Path:
    """The journal of the session that a file belongs to, unless it was made too long to be read as a whole."""
    return next(one / NAME for one in path.parents if (one / NAME).is_file() and (one / NAME).stat().st_size < LONG)


def _values(where: dict[str, Any] | list[Any]) -> list[Any]:
    return list(where.values()) if isinstance(where, dict) else where


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def deepen(path: Path, rng: random.Random) -> None:
    """A line of JSON that is nested as deeply as no parser likes it."""
    journal = _journal(path)
    deep = rng.choice((1000, 100_000, 3_000_000))
    line = rng.choice((b"[" * deep, b'{"a":' * deep, b'{"action":"edit","nodes":' + b"[" * deep + b"]" * deep + b"}"))
    journal.write_bytes(journal.read_bytes() + line + b"\n")


DAMAGE: tuple[Callable[[Path, random.Random], None], ...] = (
    *(flip, flip, flip, cut, cut, overwrite, lengthen, swap, replace_by, replace_by, forge, forge, deepen),
)


# Sessions


def prepare(folder: Path) -> tuple[Session, list[Any]]:
    """A session with every kind of line and input, and its results."""
    photo = save_photo(picture(60, 44), folder / "portrait.png")
    session = Session.create(folder / "base", photo, Painter())
    svg = folder / "lines.svg"
    svg.write_text('<svg viewBox="0 0 60 44"><line x1="9" y1="9" x2="20" y2="20"/></svg>')
    session.apply(mask="left", note="größer", sketch=svg)
    session.apply(mask=np.eye(16, dtype=bool), weights={"sketch": 2.0}, weight_maps={"color": np.ones((44, 60))})
    session.apply(mask="mouth", layers=Conditions(sketch=np.eye(16, dtype=bool), attributes={"smile": 1.0}))
    session.undo(2)
    session.apply(mask="hair", attributes={"smile": 0.5}, exemplar=photo)
    session.checkout(3)
    session.change(1, seed=4)
    return session, [session.result(number).pixels for number in range(len(session.tree.nodes) + 1)]


def use(folder: Path, spare: Path, other: Path) -> Session:
    """Everything that can be done with a session."""
    session = Session.open(folder, Painter())
    for number in range(len(session.tree.nodes) + 1):
        session.result(number)
        session.mask(number)
    session.save(spare / "out.png")
    session.drift(metrics=[])
    session.sheet(side=64)
    again = Session.open(folder, Painter())
    again.undo()
    again.change(again.tree.head, strength=0.5)
    again.apply(mask="right")
    again.replay(spare / "new", other)
    return session


def damaged_case(base: Session, results: list[Any], old: Path, seed: int, report: Report) -> None:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        source = base.folder.path if rng.random() < 0.85 else old
        folder = Path(shutil.copytree(source, root / "session"))
        done = []
        for _ in range(rng.choice((1, 1, 2, 3))):
            files = [
                path
                for path in folder.rglob("*")
                if path.is_file() and not path.is_symlink() and path.stat().st_size < LONG
            ]
            path = folder / NAME if rng.random() < 0.3 and (folder / NAME) in files else rng.choice(files)
            change = rng.choice(DAMAGE)
            try:
                change(path, rng)
            except Exception:
                continue  # an earlier damage is in the way
            done.append(f"{change.__name__} {path.relative_to(folder)}")
        other = base.folder.path.parent / "other.png"
        start = time.process_time()
        signal.setitimer(signal.ITIMER_REAL, HANGS_AFTER)
        try:
            session = use(folder, root, other)
            outcome = "as before"
        except MienError as error:
            outcome, sentence = type(error).__name__, str(error)
            if "\n" in sentence or not sentence.endswith((".", ")")) or len(sentence) > 1000:
                report.surprises.append(f"case {seed} ({', '.join(done)}): no sentence: {sentence[:300]}")
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            outcome = f"surprise {type(error).__name__}"
            report.surprises.append(f"case {seed} ({', '.join(done)}): {traceback.format_exc(limit=-4)}")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        seconds = time.process_time() - start
        report.slowest = max(report.slowest, seconds)
        if seconds > MOST_SECONDS:
            report.surprises.append(f"case {seed} ({', '.join(done)}): {seconds:.1f} s")
        report.outcomes[outcome] += 1
        unchecked = source == old or any(word.startswith("forge") or END in word for word in done)
        if outcome == "as before" and not unchecked:
            same = session.tree == base.tree
            if not same or any(not np.array_equal(session.result(k).pixels, one) for k, one in enumerate(results)):
                report.surprises.append(f"case {seed} ({', '.join(done)}): other results without a word")


# Kills


def kill(action: Callable[[], None], seconds: float) -> bool:
    """Runs an action in a process of its own and kills it; whether it had reported success."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            action()
            os.write(writer, b"done")
            time.sleep(60)
        finally:
            os._exit(1)
    os.close(writer)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as file:
        return file.read() == b"done"


def killed_case(base: Session, seed: int, longest: dict[str, float], report: Report) -> None:
    rng = random.Random(seed)
    kind = ("new", "replay", "edit")[seed % 3]
    with tempfile.TemporaryDirectory() as name:
        target, photo = Path(name) / "new", base.folder.path.parent / "other.png"
        if rng.random() < 0.5 and kind != "edit":
            target.mkdir()
        if kind == "edit":
            shutil.copytree(base.folder.path, target)

        def act() -> None:
            if kind == "new":
                Session.create(target, photo)
            elif kind == "replay":
                Session.open(base.folder.path, Painter()).replay(target, photo)
            else:
                Session.open(target, Painter()).change(5, seed=8)

        done = kill(act, rng.uniform(0, 4 * longest[kind]))
        try:
            there = len(Session.open(target).tree.nodes)
        except SessionError:
            there = -1
        wanted = {"new": (-1, 0), "replay": (-1, 3), "edit": (7, 10)}[kind]
        if there not in wanted or (done and there != wanted[1]):
            report.surprises.append(f"kill {seed} of {kind}: {there} edits, reported: {done}")
        report.outcomes[f"{kind} killed, {'whole' if there == wanted[1] else 'not there'}"] += 1
        if there != wanted[1]:
            act()
        again = Session.open(target, Painter())
        again.apply(mask="left")
        if list(target.rglob("*.part")) or not np.array_equal(again.result(0).pixels, again.original.pixels):
            report.surprises.append(f"kill {seed} of {kind}: something is left")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()

    def alarm(*_: object) -> None:
        raise TooSlowError(f"more than {HANGS_AFTER} seconds")

    signal.signal(signal.SIGALRM, alarm)
    report = Report()
    with tempfile.TemporaryDirectory() as name:
        base, results = prepare(Path(name))
        save_photo(picture(50, 40, seed=5), Path(name) / "other.png")
        old = Path(__file__).parent.parent / "tests" / "sessions" / "version1"
        for case in range(chosen.cases):
            damaged_case(base, results, old, chosen.seed + case, report)
        longest = {kind: measured(base, kind) for kind in ("new", "replay", "edit")}
        for case in range(chosen.kills):
            killed_case(base, chosen.seed + case, longest, report)
    text = json.dumps(report.as_dict(), indent=1)
    print(text)
    if chosen.json:
        chosen.json.write_text(text)
    sys.exit(bool(report.surprises))


def measured(base: Session, kind: str) -> float:
    """Seconds that an action takes."""
    with tempfile.TemporaryDirectory() as name:
        start, photo, target = time.perf_counter(), base.folder.path.parent / "other.png", Path(name) / "new"
        if kind == "new":
            Session.create(target, photo)
        elif kind == "replay":
            Session.open(base.folder.path, Painter()).replay(target, photo)
        else:
            shutil.copytree(base.folder.path, target)
            start = time.perf_counter()
            Session.open(target, Painter()).change(5, seed=8)
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
