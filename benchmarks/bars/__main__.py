"""Every bar of an editor in one table: responses, warping, reconstruction, 48 faces and more.

    python -m benchmarks.bars --model EDITOR [--no-bank EDITOR] --data DIR [--pairs DIR] --out FOLDER [networks]

The set given with --data is measured; of --pairs (with the index columns kind and person) only the pairs of one person.
The same command again goes on where it was.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.bars.report import HEAD, bar_lines, run_bars
from mien.cli.console import print_table, progress
from mien.cli.evaluate import reporter
from mien.errors import MienError
from mien.evaluation.estimate import Interval
from mien.evaluation.protocol.faces import open_sets
from mien.evaluation.protocol.models import open_model
from mien.evaluation.protocol.run import Setup, load_judges


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="the editor: a folder or a name; label=... renames it")
    parser.add_argument("--data", type=Path, required=True, help="aligned faces: a prepared set or a folder")
    parser.add_argument("--out", type=Path, required=True, help="folder of the list, the edits and the report")
    parser.add_argument("--no-bank", help="the same editor trained without the feature bank")
    parser.add_argument("--pairs", type=Path, help="a set with pictures of one person, neutral and smiling")
    parser.add_argument("--split", default="test", help="of a prepared set that has splits")
    parser.add_argument("--limit", type=int, help="edit so many pictures, evenly spaced")
    parser.add_argument("--size", type=int, help="side at which all is measured; default: the smallest editor's")
    for name in ("perceptual", "identity", "features"):
        parser.add_argument(f"--{name}", type=Path, action="append", default=[], help="network; repeatable")
    parser.add_argument("--clip", help="CLIP that editors read text by")
    parser.add_argument("--chains", type=int, default=12, help="pictures that are edited ten times in a row")
    parser.add_argument("--list", dest="list_from", type=Path, help="folder whose list is used")
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    o = parser.parse_args(arguments)
    try:
        judged = open_model(o.model, o.device, o.clip)
        bare = None if o.no_bank is None else open_model(f"no bank={o.no_bank}", o.device, o.clip)
        others = [open_model(name) for name in ("telea", "navier-stokes")]
        sets = open_sets([o.data, *([o.pairs] if o.pairs else [])], o.split)
        judges = load_judges(o.perceptual, o.identity, o.features, o.clip, trust_code=True)
        interval = Interval(o.resamples, o.seed)
        setup = Setup(o.out, sets, judges, o.size, o.limit, o.list_from, interval)
        command = shlex.join(["python", "-m", "benchmarks.bars", *(sys.argv[1:] if arguments is None else arguments)])
        pairs = list(sets)[1] if o.pairs else None
        with progress() as bar:
            report = run_bars(replace(setup, progress=reporter(bar)), judged, others, bare, pairs, o.chains, command)
    except MienError as error:
        sys.exit(f"error: {error}")
    print_table(f"The bars of {judged.name}", HEAD, bar_lines(report["results"]))


if __name__ == "__main__":
    main()
