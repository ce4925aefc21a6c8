"""Whole runs on painted faces: figures are those of the metrics, reruns and resumed runs give the same bytes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from mien.cli.app import app
from mien.conditions.types import Conditions
from mien.errors import ConfigError, LayerError
from mien.evaluation.estimate import Interval
from mien.evaluation.frechet import frechet_distance
from mien.evaluation.metrics.color import mean_delta_e
from mien.evaluation.metrics.psnr import psnr
from mien.evaluation.protocol.configurations import configurations
from mien.evaluation.protocol.lists import read_list
from mien.evaluation.protocol.models import open_model
from mien.evaluation.protocol.run import Setup, run_protocol
from mien.evaluation.report import rounded
from mien.pixels import to_tensor
from mien.types import UInt8

FAMILIES = ("hair", "irregular-20-30", "centre")
GIVEN = configurations(["none", "+Co", "+Se+Ex", "+Te"])
MINE = "<b>mine</b>"
Make = Callable[..., Setup]


def run(setup: Setup, *models: Any, given: Any = GIVEN, families: Any = FAMILIES) -> dict[str, Any]:
    return run_protocol(setup, models, families, given, "mien evaluate protocol ...")


@pytest.fixture(scope="module")
def finished(
    pictures: Any, judges: Any, parser: Any, model: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], Path]:
    """A report that several tests look at, of :data:`MINE` and of inpainting, and its folder."""
    folder = tmp_path_factory.mktemp("finished") / "report"
    whole = Setup(folder, {"painted": pictures}, judges, interval=Interval(50), parser=parser)
    return run(whole, model(name=MINE), open_model("telea")), folder


def files(folder: Path) -> dict[str, bytes]:
    """What a report consists of, without timings."""
    content = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert content.pop("timings")
    return {
        "json": json.dumps(content).encode(),
        **{name: (folder / name).read_bytes() for name in ("report.csv", "report.html", "list.json")},
    }


def test_the_same_inputs_give_the_same_bytes(setup: Make, model: Callable[..., Any], tmp_path: Path) -> None:
    first = run(setup(), model(), open_model("telea"))
    run(setup(folder=tmp_path / "again"), model(), open_model("telea"))
    assert files(tmp_path / "report") == files(tmp_path / "again")
    rerun = model()
    run(setup(), rerun, open_model("telea"))
    assert rerun.editor.calls == 0 and files(tmp_path / "report") == files(tmp_path / "again")
    assert first["size"] == 64 and first["list"]["items"] == 17 and len(first["left_out"]) == 1


def test_a_run_that_is_killed_twice_goes_on(setup: Make, model: Callable[..., Any], tmp_path: Path) -> None:
    for killed_at in (3, 27):
        with pytest.raises(KeyboardInterrupt):
            run(setup(), model(fails_at=killed_at))
        journal = tmp_path / "report" / "journal.jsonl"
        journal.write_bytes(journal.read_bytes()[:-7])
    rest, whole = model(), model()
    run(setup(), rest)
    run(setup(folder=tmp_path / "whole"), whole)
    assert files(tmp_path / "report") == files(tmp_path / "whole")
    assert whole.editor.calls - 30 <= rest.editor.calls <= whole.editor.calls - 30 + 2


def test_only_what_is_new_is_edited(setup: Make, model: Callable[..., Any]) -> None:
    given = configurations(["none"])
    run(setup(), model(), given=given)
    more = model()
    run(setup(), more, given=(*given, *configurations(["+Sk"])))
    assert more.editor.calls == 17
    other = model(name="another")
    run(setup(), other, given=given)
    assert other.editor.calls == 17


def test_figures_are_those_of_the_metrics(setup: Make, model: Callable[..., Any], tmp_path: Path) -> None:
    report = run(setup(), model(), families=("hair",))
    items = read_list(tmp_path / "report")
    originals, made, found = [], [], []
    for item in items.of_family("painted", "hair"):
        original = setup().sets["painted"][int(item.picture[-1])].pixels(64)
        mask = items.mask(item)
        (file,) = (tmp_path / "report" / "edits" / "obedient" / "+Se+Ex" / "painted").glob(f"{item.picture[-1]}-*.png")
        edit = np.array(Image.open(file))
        assert (edit == original)[~mask].all() and (edit != original)[mask].any()
        weight = mask[None, None].astype(np.float32)
        inside = float(psnr(to_tensor(edit), to_tensor(original.copy()), torch.from_numpy(weight)))
        found.append((rounded(inside), rounded(mean_delta_e(edit, original, mask))))
        originals.append(original), made.append(edit)
    rows = {
        row["metric"]: row for row in report["results"] if (row["family"], row["configuration"]) == ("hair", "+Se+Ex")
    }
    assert rows["PSNR inside the mask"]["value"] == pytest.approx(np.mean(found, 0)[0], rel=1e-5)
    assert rows["ΔE2000 inside the mask"]["value"] == pytest.approx(np.mean(found, 0)[1], rel=1e-5)
    space = setup().judges.features[0]
    distance = frechet_distance(*(space.features([np.stack(side)]) for side in (made, originals)))
    assert rows["FD-averages"]["value"] == rounded(distance.value)
    low, high = distance.interval(resamples=50)
    assert (rows["FD-averages"]["low"], rows["FD-averages"]["high"]) == (rounded(low), rounded(high))
    assert rows["FD-averages"]["reference_pictures"] == rows["FD-averages"]["pictures"] == 5


def test_every_figure_has_a_count_an_interval_and_a_network(finished: tuple[dict[str, Any], Path]) -> None:
    report, folder = finished
    measured = [row for row in report["results"] if row["metric"]]
    assert all(row["pictures"] > 0 and row["size"] == 64 for row in measured)
    assert all(row["low"] <= row["value"] <= row["high"] for row in measured if row["value"] is not None)
    assert all(row["remark"] for row in report["results"] if row["value"] is None)
    networks = {row["metric"]: row["network"] for row in measured}
    assert networks["difference"] == "difference" and networks["identity (averages)"] == "averages"
    assert networks["FD-averages"] == "averages" and networks["PSNR"] == ""
    table = list(csv.DictReader((folder / "report.csv").read_text(encoding="utf-8").splitlines()))
    assert len(table) == len(report["results"])
    assert {"model", "family", "configuration", "group", "size", "value", "low", "high", "pictures"} <= table[0].keys()


def test_text_is_not_available_and_models_run_what_they_support(finished: tuple[dict[str, Any], Path]) -> None:
    rows = finished[0]["results"]
    missing = [row for row in rows if not row["metric"]]
    assert [(row["model"], row["configuration"], row["value"]) for row in missing] == [(MINE, "+Te", None)]
    assert "not available" in missing[0]["remark"]
    assert {r["configuration"] for r in rows if r["model"] == "telea"} == {"none"}


def test_groups_and_pooled_families(finished: tuple[dict[str, Any], Path]) -> None:
    own = [r for r in finished[0]["results"] if r["model"] == MINE]
    rows = [r for r in own if r["configuration"] == "none" and r["metric"] == "difference"]
    counts = {(r["family"], r["group"]): (r["pictures"], r["edits"]) for r in rows}
    assert counts["centre", ""] == (6, 6) and counts["hair", ""] == (5, 5)
    assert counts["all", ""] == (6, 17)
    assert counts["all", "gender presentation: female"] == (3, 9)
    assert counts["all", "age: under 30"] == (1, 2)  # bald
    pooled = next(r for r in rows if (r["family"], r["group"]) == ("all", ""))
    assert pooled["low"] < pooled["value"] < pooled["high"]


def test_models_of_other_sizes_are_brought_to_one(setup: Make, model: Callable[..., Any], tmp_path: Path) -> None:
    large = model(name="large", size=128)
    report = run(setup(), model(), large, given=configurations(["+Co"]), families=("centre",))
    assert report["size"] == 64 and set(large.editor.sizes) == {128}
    outside = [r["value"] for r in report["results"] if r["metric"] == "largest difference outside the mask"]
    assert set(outside) == {0}
    names = ("centre", "ΔE2000 inside the mask")
    figures = {r["model"]: r["value"] for r in report["results"] if (r["family"], r["metric"]) == names}
    assert figures["obedient"] < figures["large"] < 5
    sized = setup(folder=tmp_path / "sized", size=32)
    assert run(sized, model(), given=configurations(["none"]), families=("centre",))["size"] == 32


def test_the_page_stands_alone_and_shows_everything(finished: tuple[dict[str, Any], Path]) -> None:
    page = (finished[1] / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and page.count("<figure>") == page.count("data:image/jpeg;base64,") > 20
    assert "<script" not in page and "http" not in page and 'src="data:' in page
    assert "<b>mine" not in page and "&lt;b&gt;mine" in page
    for words in (
        "mien evaluate protocol ...",
        "worst by difference",
        "groups of people",
        "+Se+Ex",
    ):
        assert words in page


def test_what_cannot_be_is_named(setup: Make, model: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Two models are called obedient"):
        run(setup(), model(), model())

    def refuse(image: UInt8, given: Conditions) -> UInt8:
        raise LayerError("The mask is missing.")

    broken = model(edit=refuse)
    with pytest.raises(LayerError):
        run(setup(), broken)
    assert not list((tmp_path / "report").glob("report.*"))


def test_the_verb(faces: Path, averages: Path, difference: Path, tmp_path: Path) -> None:
    command = ["evaluate", "protocol", "--model", "telea", "--model", "fast=telea", "--data", faces, "--out", tmp_path]
    command += ["--families", "centre, irregular", "--size", "64", "--limit", "3", "--resamples", "20"]
    command += ["--perceptual", difference, "--identity", averages, "--features", averages, "--trust-code"]
    done = CliRunner().invoke(app, list(map(str, command)), catch_exceptions=False)
    assert done.exit_code == 0 and "painted, all families" in done.stdout and "fast" in done.stdout
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["kind"] == "mien-protocol" and report["list"]["items"] == 15 and len(report["networks"]) == 2
    assert [one["name"] for one in report["models"]] == ["telea", "fast"]
    for family in ("chin", ","):
        with pytest.raises(ConfigError):
            CliRunner().invoke(app, [*map(str, command), "--families", family], catch_exceptions=False)
