"""Fair timing of alternatives: they take turns in one process, and the fastest turn of each counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Literal

Clock = Literal["wall", "cpu"]


def take_turns(
    functions: Mapping[str, Callable[[], object]], rounds: int = 5, clock: Clock = "wall"
) -> dict[str, float]:
    """Milliseconds of the fastest turn of each, after one that does not count; arguments as in :func:`all_turns`."""
    return {name: min(turns) for name, turns in all_turns(functions, rounds, clock).items()}


def all_turns(
    functions: Mapping[str, Callable[[], object]],
    rounds: int = 5,
    clock: Clock = "wall",
    seconds: float = float("inf"),
) -> dict[str, list[float]]:
    """Milliseconds of every turn of each, after one that does not count.

    Args:
        functions: what to time, by name.
        rounds: turns that count.
        clock: "wall" for elapsed time; "cpu" for processor time of this process, which a busy machine disturbs less
            (sensible with one thread only).
        seconds: a function that has used up this much gets no more turns, once one has counted.
    """
    now = time.perf_counter if clock == "wall" else time.process_time
    spent: dict[str, list[float]] = {name: [] for name in functions}
    for turn in range(rounds + 1):
        for name, function in functions.items():
            if turn > 1 and sum(spent[name]) > seconds * 1e3:
                continue
            start = now()
            function()
            spent[name].append((now() - start) * 1e3)
    return {name: turns[1:] for name, turns in spent.items()}


def print_table(rows: Mapping[str, Mapping[str, float]], unit: str) -> None:
    """One line per row, one column per name in the first row."""
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    width = max(len(name) for name in rows) + 2
    print(f"{unit:{width}}" + "".join(f"{name:>{max(12, len(name) + 2)}}" for name in columns))
    for name, row in rows.items():
        cells = (f"{row[c]:{max(12, len(c) + 2)}.1f}" if c in row else " " * max(12, len(c) + 2) for c in columns)
        print(f"{name:{width}}" + "".join(cells))
