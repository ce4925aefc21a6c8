"""Reads damaged files of weights, of all kinds: no hang, no memory without limit, one sentence each.

python -m benchmarks.fuzz_checkpoints --count 10000 [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from dataclasses import asdict
from pathlib import Path

from tests.fuzz.hostile_checkpoints import attack, samples


def main() -> None:
    """Prints figures as JSON; exit code 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "whole").mkdir()
        outcome = attack(samples(folder / "whole"), options.count, options.seed, folder)
    print(json.dumps(asdict(outcome), indent=2))
    raise SystemExit(1 if outcome.faults else 0)


if __name__ == "__main__":
    main()
