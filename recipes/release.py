"""Puts trained weights into the package, with a model card that quotes measured figures.

    mien evaluate compare RUN/generator BASELINE ... --reference PORTRAITS ... --out table.json
    mien evaluate neighbors RUN/generator --data PORTRAITS --held-out test --features FEATURES --out copies.png
    python -m recipes.release generator --run RUN --before RUN --figures table.json --copies copies.json

    python -m benchmarks.bars --model RUN/editor ... --out bars
    python -m recipes.release editor --run RUN --before RUN ... --figures bars/report.json

    python -m recipes.release figures --figures bars/report.json

The last line brings the figures of the editor's card up to date, after the code has changed; weights stay as they are.
``--before`` names the runs that RUN was started from. The cards' texts are in ``recipes/cards``; pictures for them go
to ``docs/images``.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from benchmarks.bars.report import HEAD, bar_lines
from mien.checkpoints.editor import DEFAULT as EDITOR
from mien.checkpoints.editor import load_editor, save_editor
from mien.checkpoints.generator import DEFAULT, load_generator, save_generator
from mien.checkpoints.store import BUNDLED
from mien.data import contact_sheet
from mien.editing.directions import load_directions, save_directions
from mien.errors import DataError
from mien.files import atomic_path
from mien.models.stylegan2 import Generator, codes_of_seeds
from mien.pixels import to_bytes
from mien.types import UInt8

SHEET = 64
METRICS = ("FD", "precision", "recall", "coverage")
CARDS = Path(__file__).parent / "cards"


@torch.no_grad()
def sheet(generator: Generator, psi: float) -> UInt8:
    """The first 64 seeds, eight in a row."""
    codes = generator.truncated(codes_of_seeds(list(range(SHEET)), generator.config.z_dim), psi=psi)
    batches = [generator.synthesis(codes[i : i + 8], "const") for i in range(0, SHEET, 8)]
    return contact_sheet(to_bytes(torch.cat(batches)), columns=8)


def comparison(report: Mapping[str, Any]) -> str:
    """Markdown: a row for each metric and reference, a column for each candidate."""
    rows = [row for row in report["results"] if row["metric"].split("-")[0].split(" ")[0] in METRICS]
    candidates = list(dict.fromkeys(row["candidate"] for row in rows))
    cells = {(row["metric"], row["reference"], row["candidate"]): row for row in rows}
    lines = [["", "against", *candidates], ["---"] * (2 + len(candidates))]
    for metric, reference in dict.fromkeys((row["metric"], row["reference"]) for row in rows):
        found = [cells[metric, reference, one] for one in candidates]
        values = ["–" if row["value"] is None else f"{row['value']:.3g}" for row in found]
        lines.append([metric, f"{Path(reference).name}, {found[0]['reference_pictures']:,}", *values])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def portable(command: str) -> str:
    """A command line without the folders of this machine."""
    return " ".join(Path(word).name if word.startswith(("..", "/")) else word for word in command.split())


def last(run: Path) -> dict[str, Any]:
    """The last line of a run's log."""
    line: dict[str, Any] = json.loads((run / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    return line


def learnt(run: Path) -> int:
    """Images that moved a run's generator: all that were shown, but for those during which it stood still."""
    settings = run / "run.json"
    stage = json.loads(settings.read_text(encoding="utf-8"))["stage"] if settings.is_file() else {}
    return int(last(run)["images"]) - int(stage.get("hold", 0))


def release_generator(
    run: Path, before: Sequence[Path], figures: Path, copies: Path, into: Path, pictures: Path
) -> None:
    """Weights, card and sheets."""
    generator, logs = load_generator(run / "generator"), [last(one) for one in (*before, run)]
    report, check = (json.loads(file.read_text(encoding="utf-8")) for file in (figures, copies))
    images = sum(map(learnt, (*before, run)))
    card = (
        (CARDS / "portrait-generator.md")
        .read_text(encoding="utf-8")
        .format(
            images=images,
            hours=sum(log["elapsed"] for log in logs) / 3600,
            samples=check["candidate"]["pictures"],
            suspicious=check["suspicious"],
            smallest=check["smallest_distance_of_samples"],
            threshold=check["threshold"],
            distance=check["median_distance_of_samples"],
            usual=check["median_distance_of_those"],
            network=check["network"]["label"],
            command=portable(report["command"]),
            table=comparison(report),
        )
    )
    save_generator(into, generator, card, facts={"images": images})
    for psi in (1.0, 0.7):
        Image.fromarray(sheet(generator, psi)).save(pictures / f"generator-psi{psi:g}.webp", quality=85)


def bars_table(report: Mapping[str, Any]) -> str:
    """Markdown: what was wanted of the editor, and what it does; figures that are there for comparison are left out."""
    columns = ("bar", "metric", "wanted", "measured", "met", "set", "masks", "given", "remark")
    chosen = [HEAD.index(name) for name in columns]
    lines = [list(columns), ["---"] * len(columns)]
    wanted = [row for row in report["results"] if row["wanted"]]
    lines += [[line[i] for i in chosen] for line in bar_lines(wanted)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def stage_lines(runs: Sequence[Path]) -> str:
    """What each run showed, in Markdown."""
    logs = [(run.name, last(run)) for run in runs]
    return "\n".join(f"  - {name}: {log['images']:,} images in {log['elapsed'] / 3600:.1f} hours" for name, log in logs)


def release_editor(run: Path, before: Sequence[Path], figures: Path, into: Path) -> None:
    """Weights, directions and card."""
    networks, trained = load_editor(run / "editor")
    report = json.loads(figures.read_text(encoding="utf-8"))
    config = networks.config.generator
    directions = load_directions(run / "editor", config)
    card = (
        (CARDS / "portrait-editor.md")
        .read_text(encoding="utf-8")
        .format(
            resolution=networks.config.resolution,
            parameters=sum(p.numel() for p in networks.parameters()) / 1e6,
            attributes=", ".join(sorted(directions)) or "–",
            stages=stage_lines([*before, run]),
            command=portable(report["command"]),
            table=bars_table(report),
        )
    )
    save_editor(into, networks, card, trained, facts={"images": last(run)["images"]})
    save_directions(into, directions)


def renew_figures(figures: Path, into: Path) -> None:
    """The command and the table at the end of an editor's card, anew."""
    report, card = json.loads(figures.read_text(encoding="utf-8")), into / "README.md"
    text, *figures_before = re.split(r"\n`(?:mien evaluate bars|python -m benchmarks\.bars)", card.read_text("utf-8"))
    if not figures_before:
        raise DataError(f"{card} quotes no figures of benchmarks.bars; release the editor first.")
    with atomic_path(card) as temporary:
        table = f"`{portable(report['command'])}`\n\n{bars_table(report)}\n"
        temporary.write_text(f"{text}\n{table}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("generator", "editor", "figures"))
    parser.add_argument("--run", type=Path)
    parser.add_argument("--before", type=Path, nargs="*", default=[])
    parser.add_argument("--figures", type=Path, required=True, help="JSON of mien evaluate compare, or benchmarks.bars")
    parser.add_argument("--copies", type=Path, help="JSON of mien evaluate neighbours, for a generator")
    parser.add_argument("--into", type=Path, help="default: the bundled one")
    parser.add_argument("--pictures", type=Path, default=Path("docs/images"))
    o = parser.parse_args()
    if o.what == "figures":
        renew_figures(o.figures, o.into or BUNDLED / EDITOR)
    elif o.run is None:
        parser.error("weights come out of a run; give --run")
    elif o.what == "editor":
        release_editor(o.run, o.before, o.figures, o.into or BUNDLED / EDITOR)
    elif o.copies is None:
        parser.error("a generator's card quotes the copy check; give --copies")
    else:
        release_generator(o.run, o.before, o.figures, o.copies, o.into or BUNDLED / DEFAULT, o.pictures)


if __name__ == "__main__":
    main()
