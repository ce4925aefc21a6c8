"""How long one sentence takes, from a photo to its result, after start.

    python -m benchmarks.sentence_time --data WIDE [--faces 5] [--only "older"]

Each face is edited once for each sentence, by an editor that is warm; nothing is kept from one edit to the next. The
bar is 1 s on two cores. Processor time is that of all threads; a busy machine disturbs it less than elapsed time.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np

from benchmarks.sheets import read
from mien import Editor
from mien.errors import MienError

SENTENCES = ("a big smile", "dark red lips", "auburn hair and a slight smile", "blond hair", "gray hair", "older")
SKIPPED = 3
"""Every so many photos one is taken."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--faces", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=SENTENCES)
    options = parser.parse_args()
    photos = list(read(options.data).values())[::SKIPPED]
    editor = Editor.from_pretrained()
    print(f"load {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores")
    for text in options.only:
        editor(photos[0], text=text)
        elapsed, spent, refused = [], [], 0
        for photo in photos[1 : options.faces + 1]:
            wall, start = time.perf_counter(), time.process_time()
            try:
                editor(photo, text=text)
            except MienError:
                refused += 1
                continue
            elapsed.append(time.perf_counter() - wall)
            spent.append(time.process_time() - start)
        told = f"{min(elapsed):.2f} {np.median(elapsed):.2f} {max(elapsed):.2f} s, of processors {np.median(spent):.2f}"
        print(f"{text}: least, median, most {told}; {refused} refused", flush=True)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
