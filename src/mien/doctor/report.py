"""What the doctor found, as a page of Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from mien.doctor.examine import MEAN, MOST, Examined, Outcome

PREFACE = """\
Written by `mien doctor --markdown docs/doctor.md`; `tests/doctor` makes the pictures again. Distances are levels of 255
from torch in float32 on a CPU, over what an edit changes; {mean:g} in the mean and {most} at most are allowed. Painted
pictures and faces of seeds are compared with stored ones, so that a machine without torch can tell, too; "–" has
nothing to compare with. Precision matters to what is painted alone. Times are of a picture made for the first time,
with loading, and again."""

HEAD = ("engine", "picture", "mean", "most", "first", "again")


def rows(examined: Examined) -> list[Sequence[str]]:
    """A row of each outcome, in the order of :data:`HEAD`."""
    return [
        (one.way, one.case, *_levels(one), f"{one.first:.0f} ms", f"{one.second:.0f} ms") for one in examined.outcomes
    ]


def as_dict(known: Mapping[str, Any], examined: Examined, told: Iterable[str]) -> dict[str, Any]:
    """Ready for JSON."""
    outcomes = [{**asdict(one), "fits": one.fits} for one in examined.outcomes]
    tolerances = {"mean": MEAN, "most": MOST}
    found = {"machine": dict(known), "tolerances": tolerances, "loaded": dict(examined.loaded)}
    return {**found, "outcomes": outcomes, "advice": list(told)}


def markdown(known: Mapping[str, Any], examined: Examined) -> str:
    """The page."""
    packages = ", ".join(f"{name} {found}" for name, found in known["packages"].items() if found)
    lines = [
        "# The same picture everywhere",
        "",
        *PREFACE.format(mean=MEAN, most=MOST).splitlines(),
        "",
        f"mien {known['mien']}, Python {known['python']}, {known['system']}, {known['cores']} cores,",
        f"{known['threads']} thread(s), load {known['load']} of other programs;",
        f"{packages}.",
        "",
        "| " + " | ".join(HEAD) + " |",
        "|---|---|--:|--:|--:|--:|",
        *("| " + " | ".join(row) + " |" for row in rows(examined)),
        "",
        "Loaded: " + ", ".join(f"{way} in {spent:.0f} ms" for way, spent in examined.loaded.items()) + ".",
    ]
    return "\n".join(lines) + "\n"


def _levels(one: Outcome) -> tuple[str, str]:
    return ("–", "–") if one.mean is None else (f"{one.mean:.3f}", f"{one.most}{'' if one.fits else ' (!)'}")
