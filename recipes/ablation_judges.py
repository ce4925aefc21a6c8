"""Judges the variants of :mod:`recipes.ablations`: figures with intervals, and differences from A, face by face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mien.evaluation.estimate import Estimate, Interval
from mien.evaluation.protocol.configurations import configurations
from mien.evaluation.protocol.faces import open_sets
from mien.evaluation.protocol.models import open_model
from mien.evaluation.protocol.outcomes import Outcome, Plan, all_edits
from mien.evaluation.protocol.rows import by_picture
from mien.evaluation.protocol.run import Setup, load_judges, run_protocol
from mien.types import Float64
from recipes.editor import Places

PAPER: Mapping[str, tuple[str, str, str]] = {
    "full": ("A", "3.274", "0.1917"),
    "add": ("B", "3.829", "0.2010"),
    "gated": ("C", "3.478", "0.1954"),
    "plain": ("D", "3.599", "0.1991"),
    "nobank": ("E", "3.725", "0.1971"),
}
"""Letter, FID and LPIPS of Table VI: FFHQ, 256 px, mixed masks."""

WHAT: Mapping[str, str] = {
    "full": "all parts",
    "add": "element-wise addition",
    "gated": "gated convolution",
    "plain": "plain attribute loss",
    "nobank": "no feature bank",
    "exact": "all parts, no critic",
    "guide": "all parts, learns from guides, too",
    "first": "all parts, first 1,830 portraits only",
    "again": "all parts, another seed",
}

GIVEN = ("none", "+Ex")


def judged(places: Places, names: Sequence[str], split: str, limit: int | None) -> tuple[dict[str, Any], list[Outcome]]:
    """Mixed masks, an image alone and with an exemplar: the protocol's report, and every edit."""
    networks = load_judges(
        [places.weights / "lpips_alex.pt"],
        [places.weights / "identity_mobileface.pt"],
        [places.weights / "features_mobilenetv2_pooled.pt"],
        None,
        trust_code=True,
    )
    models = [open_model(f"{name}={places.out / f'coarse-{name}' / 'editor'}") for name in names]
    setup = Setup(places.out / f"ablations-{split}", open_sets([places.data], split), networks, limit=limit)
    given, families = configurations(GIVEN), ("mixed",)
    report = run_protocol(setup, models, families, given, "python -m recipes.ablations")
    store = setup.store(models)
    return report, all_edits(store, Plan(models, given, setup.items(store, families)))


def table(report: Mapping[str, Any]) -> list[list[str]]:
    """A row for each variant: the paper's figures and ours with their intervals, without and with an exemplar."""
    found = {
        (row["model"], row["configuration"], row["metric"]): row
        for row in report["results"]
        if row["family"] == "mixed" and row["group"] == ""
    }
    metrics = sorted({metric for _, _, metric in found if metric.startswith(("FD-", "LPIPS", "identity"))})
    known = {model for model, _, _ in found}
    rows = [["", "variant", "FID (paper)", "LPIPS (paper)", *(f"{m}, {given}" for given in GIVEN for m in metrics)]]
    for name in (*PAPER, *(one for one in WHAT if one not in PAPER and one in known)):
        ours = [found.get((name, given, metric)) for given in GIVEN for metric in metrics]
        cells = ["–" if row is None else _cell(row["value"], row["low"], row["high"]) for row in ours]
        rows.append([*PAPER.get(name, ("", "–", "–"))[:1], WHAT[name], *PAPER.get(name, ("", "–", "–"))[1:], *cells])
    return rows


def differences(outcomes: Sequence[Outcome], base: str = "full") -> list[list[str]]:
    """A row for each variant: how far it is from ``base``, the mean over faces, with its interval."""
    metrics = [name for name in outcomes[0].figures if name.startswith(("LPIPS", "identity")) and "outside" not in name]
    values = {
        (model, given, metric): by_picture(
            [
                (one.item.picture, one.figures)
                for one in outcomes
                if (one.model, one.edit.case.configuration.name) == (model, given)
            ],
            metric,
        )
        for model in dict.fromkeys(one.model for one in outcomes)
        for given in GIVEN
        for metric in metrics
    }
    rows = [["variant less A", *(f"{metric}, {given}" for given in GIVEN for metric in metrics)]]
    for model in dict.fromkeys(one.model for one in outcomes if one.model != base):
        pairs = [(values[model, given, metric], values[base, given, metric]) for given in GIVEN for metric in metrics]
        away = [np.array([mine[face] - its[face] for face in mine if face in its]) for mine, its in pairs]
        rows.append([WHAT[model], *(of_mean(one) for one in away)])
    return rows


def of_mean(values: Float64) -> str:
    """A mean over faces, and its interval."""
    found = Interval().figures(Estimate(float(values.mean()), values))
    return _cell(found["value"], found["low"], found["high"])


def save(lines: Sequence[Sequence[str]], title: str, file: Path) -> None:
    """Adds a table to what :mod:`recipes.results` reads."""
    with file.open("a", encoding="utf-8") as out:
        out.write(f"## {title}\n" + "".join("| " + " | ".join(line) + " |\n" for line in lines))


def _cell(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3g}" if low is None or high is None else f"{value:.3g} ({low:.3g} to {high:.3g})"
