"""Whole comparisons, from folders and generators to tables; every figure has been checked elsewhere."""

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

from mien.checkpoints.generator import save_generator
from mien.cli.app import app
from mien.errors import ConfigError, DataError, SaveError
from mien.evaluation.candidates import GeneratedSet, PictureSet, common_size, open_candidate, open_pictures
from mien.evaluation.compare import Comparison, compare
from mien.evaluation.estimate import Interval
from mien.evaluation.features import load_features
from mien.evaluation.frechet import frechet_distance
from mien.evaluation.metrics.psnr import PSNR
from mien.evaluation.neighbours import nearest_neighbours, neighbour_sheet
from mien.evaluation.pairs import find_pairs, measure_pairs
from mien.evaluation.report import as_csv, rounded
from mien.models.stylegan2 import Generator, GeneratorConfig
from mien.types import UInt8

Draw = Callable[..., Path]


def smooth(rng: np.random.Generator, size: int) -> UInt8:
    small = Image.fromarray(rng.integers(0, 256, (4, 4, 3), np.uint8))
    return np.asarray(small.resize((size, size), Image.Resampling.BICUBIC))


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """``draw("name", count, seed)``: a folder of pictures."""

    def folder(name: str, count: int, seed: int, size: int = 48) -> Path:
        rng = np.random.default_rng(seed)
        (tmp_path / name).mkdir()
        for index in range(count):
            Image.fromarray(smooth(rng, size)).save(tmp_path / name / f"{index:03d}.png")
        return tmp_path / name

    return folder


@pytest.fixture
def generator(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    config = GeneratorConfig(resolution=32, z_dim=8, w_dim=8, mapping_layers=1, channel_base=128, channel_max=8)
    save_generator(tmp_path / "generator", Generator(config), "card")
    return tmp_path / "generator"


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, ["evaluate", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def without_timings(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    assert content.pop("timings")
    return content


def test_the_same_inputs_give_the_same_report(
    draw: Draw, generator: Path, averages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, fake = draw("real", 12, 0), draw("fake", 9, 1)
    arguments = (fake, generator, "--reference", real, "--features", averages, "--trust-code")
    arguments += ("--samples", "10", "-k", "3")
    reports = []
    for name in ("one", "two"):
        monkeypatch.setattr("sys.argv", ["mien", "evaluate", "compare", "my set", "--out", f"{name}.json", "-k", "3"])
        output = run("compare", *arguments, "--resamples", "50", "--out", tmp_path / f"{name}.json")
        reports.append((without_timings(tmp_path / f"{name}.json"), (tmp_path / f"{name}.csv").read_text()))
        assert "FD-averages" in output
    assert reports[0] == reports[1]
    content, table = reports[0]
    assert content["size"] == 32
    assert content["command"] == "mien evaluate compare 'my set' -k 3"
    assert [one["kind"] for one in content["candidates"]] == ["pictures", "generator"]
    assert content["candidates"][1]["seeds"] == [0, 9]
    metrics = [row["metric"] for row in content["results"]][:7]
    assert metrics[:4] == ["FD-averages", "KID-averages", "U-IDS-averages", "precision (averages)"]
    rows = list(csv.DictReader(table.splitlines()))
    assert len(rows) == len(content["results"]) == 14
    assert all(row["network"] and row["resize"] and row["pictures"] and row["reference_pictures"] for row in rows)
    assert rows[2]["value"] == "" and "24" in rows[2]["remark"]  # 21 pictures, 12 features


def test_figures_are_those_of_the_metric_on_the_resized_pictures(draw: Draw, averages: Path) -> None:
    real, fake = (open_pictures(draw(name, 8, seed), "test") for seed, name in enumerate(("real", "fake")))
    space = load_features(averages, trust_code=True)
    settings = Comparison(24, [space], k=2, interval=Interval(20))
    content = compare([fake], [real], settings)
    sides = [space.features([np.stack([p.pixels(24) for p in one.pictures])]) for one in (fake, real)]
    assert content["results"][0]["value"] == rounded(frechet_distance(*sides).value)
    low, high = (content["results"][0][end] for end in ("low", "high"))
    assert low < content["results"][0]["value"] < high


def test_a_set_against_itself_is_perfect(draw: Draw, averages: Path) -> None:
    real = open_pictures(draw("real", 40, 0), "test")
    space = load_features(averages, trust_code=True)
    settings = Comparison(48, [space], [load_features(averages, trust_code=True)], k=5, interval=Interval(20))
    rows = compare([real], [real], settings)["results"]
    values = {row["metric"]: row["value"] for row in rows}
    assert len(rows) == 7  # a network that is given twice is asked once
    assert values["FD-averages"] == 0
    assert values["U-IDS-averages"] == 0.5
    assert values["precision (averages)"] == values["recall (averages)"] == values["coverage (averages)"] == 1
    assert values["density (averages)"] == pytest.approx(1.2)  # every picture counts itself


def test_generated_pictures_depend_on_their_seed_alone(generator: Path) -> None:
    many, few = (open_candidate(str(generator), samples=n, seed=s) for n, s in ((11, 0), (3, 8)))
    assert isinstance(many, GeneratedSet)
    a, b = (np.concatenate(list(one.batches(32))) for one in (many, few))
    assert a.shape == (11, 32, 32, 3)
    assert np.abs(a[8:].astype(int) - b).max() <= 1
    assert next(many.batches(16)).shape[1:] == (16, 16, 3)
    assert common_size([many]) == 32


def test_reduced_pictures_are_anti_aliased(tmp_path: Path) -> None:
    lines = np.zeros((128, 128, 3), np.uint8)
    lines[:, ::2] = 255
    Image.fromarray(lines).save(tmp_path / "lines.png")
    (batch,) = open_pictures(tmp_path, "test").batches(32)
    assert np.ptp(batch[0, 8:24, 8:24].astype(int)) < 8


def test_sets_that_are_too_small_or_empty_are_named(draw: Draw, averages: Path, tmp_path: Path) -> None:
    real, fake = (open_pictures(draw(name, n, 0), "test") for name, n in (("real", 9), ("fake", 4)))
    settings = Comparison(16, [load_features(averages, trust_code=True)], k=5)
    with pytest.raises(DataError, match="4 pictures are too few for 5 neighbours"):
        compare([fake], [real], settings)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty holds no pictures"):
        open_pictures(tmp_path / "empty", "test")
    (tmp_path / "empty" / "broken.png").write_bytes(b"no picture")
    broken = open_pictures(tmp_path / "empty", "test")
    assert isinstance(broken, PictureSet)
    with pytest.raises(DataError, match=r"broken\.png cannot be read"):
        common_size([broken])


def test_pairs_report_what_the_metrics_measure(draw: Draw, difference: Path, averages: Path, tmp_path: Path) -> None:
    wanted, masks = draw("wanted", 3, 0), tmp_path / "masks"
    made = tmp_path / "made"
    made.mkdir(), masks.mkdir()
    for index in range(3):
        pixels = np.asarray(Image.open(wanted / f"{index:03d}.png")).copy()
        pixels[16:32, 16:32] //= index + 1  # the first is left as it is
        Image.fromarray(pixels).save(made / f"{index:03d}.png")
        mask = np.zeros((48, 48), np.uint8)
        mask[16:32, 16:32] = 255
        Image.fromarray(mask).save(masks / f"{index:03d}.png")
    networks = ("--perceptual", difference, "--identity", averages, "--trust-code")
    output = run("pairs", made, wanted, "--masks", masks, *networks, "--resamples", "50", "--out", tmp_path / "p.json")
    content = without_timings(tmp_path / "p.json")
    rows = {row["metric"]: row for row in content["results"]}
    assert "MS-SSIM" not in rows and "SSIM inside the mask" in rows and "3 pairs" in output
    assert rows["PSNR"]["remark"] == "without 1 equal pairs" and rows["PSNR"]["pairs"] == 2
    assert rows["PSNR inside the mask"]["value"] == pytest.approx(rows["PSNR"]["value"] - 20 * np.log10(3), abs=1e-3)
    assert rows["difference"]["value"] == pytest.approx(rows["difference inside the mask"]["value"])
    assert rows["identity (averages)"]["network"] == "averages"
    assert [row["name"] for row in content["values"]] == ["000", "001", "002"]
    assert content["values"][0]["PSNR"] is None and content["values"][0]["SSIM"] == 1
    assert "PSNR" in as_csv(content["results"])


def test_pairs_that_do_not_fit_are_named(draw: Draw, tmp_path: Path) -> None:
    made, wanted = draw("made", 2, 0), draw("wanted", 1, 0)
    with pytest.raises(DataError, match="wanted holds no picture called 001"):
        find_pairs(made, wanted)
    Image.new("RGB", (20, 48)).save(wanted / "001.png")
    with pytest.raises(DataError, match="48 x 48 and 20 x 48"):
        measure_pairs(find_pairs(made, wanted), [PSNR], Interval(20))
    Image.new("RGB", (48, 48)).save(wanted / "001.jpg")
    with pytest.raises(DataError, match="holds 001 twice"):
        find_pairs(made, wanted)
    with pytest.raises(DataError, match="nowhere is not a folder"):
        find_pairs(tmp_path / "nowhere", wanted)


def test_faces_are_measured_with_the_bundled_networks(data: Path, tmp_path: Path) -> None:
    made, wanted = tmp_path / "made", tmp_path / "wanted"
    made.mkdir(), wanted.mkdir()
    for index, file in enumerate(sorted((data / "portraits" / "images").iterdir())[1900:1902]):
        picture = Image.open(file)
        picture.save(wanted / f"{index}.png")
        picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(made / f"{index}.png")
    run("pairs", made, wanted, "--faces", "--out", tmp_path / "mirrored.json")
    mirrored = {row["metric"]: row["value"] for row in without_timings(tmp_path / "mirrored.json")["results"]}
    run("pairs", wanted, wanted, "--faces", "--out", tmp_path / "same.json")
    same = {row["metric"]: row["value"] for row in without_timings(tmp_path / "same.json")["results"]}
    assert same["mIoU"] == same["sketch F1"] == 1
    assert same["ΔE2000 of region means"] == 0 and same["pose error, rotation (degrees)"] < 1e-4
    assert 0.2 < mirrored["mIoU"] < 0.9 and mirrored["sketch F1"] < 0.8
    assert mirrored["pose error, rotation (degrees)"] > 0.5


def test_a_path_length_says_which_one_it_is(generator: Path, difference: Path, tmp_path: Path) -> None:
    arguments = ("--perceptual", difference, "--trust-code", "--samples", "12", "--resamples", "20")
    output = run("smoothness", generator, *arguments, "--out", tmp_path / "ppl.json")
    (row,) = without_timings(tmp_path / "ppl.json")["results"]
    assert row["metric"] == "PPL-w-end (difference)" and row["metric"] in output
    assert 0 < row["low"] < row["value"] < row["high"]


def test_nearest_neighbours_and_copies() -> None:
    training = np.array([[0.0, 0], [10, 0], [0, 10], [10, 11]], np.float32)
    found = nearest_neighbours(np.array([[1.0, 0], [9.99, 0]], np.float32), training, count=2)
    assert found.indices.tolist() == [[0, 1], [1, 0]]
    assert np.allclose(found.distances, [[1, 9], [0.01, 9.99]], atol=1e-4)
    assert np.allclose(found.usual, [10, 10, 10, np.hypot(10, 1)])
    assert found.suspicious.tolist() == [1, 0]
    with pytest.raises(DataError, match="4 training pictures are too few for 4 neighbours"):
        nearest_neighbours(training, training, count=4)


def test_near_duplicates_in_training_do_not_hide_a_copy_when_pictures_were_held_out() -> None:
    rng = np.random.default_rng(0)
    people = rng.normal(size=(60, 16)).astype(np.float32)
    training = np.concatenate([people, people + 1e-4])  # every picture twice
    held_out = rng.normal(size=(200, 16)).astype(np.float32)
    samples = np.concatenate([rng.normal(size=(30, 16)), people[:3] + 0.02]).astype(np.float32)
    assert not len(nearest_neighbours(samples, training).suspicious)
    assert set(nearest_neighbours(samples, training, held_out=held_out).suspicious[:3]) == {30, 31, 32}


def test_the_sheet_of_neighbours(draw: Draw, averages: Path, tmp_path: Path) -> None:
    training, made = draw("training", 30, 0), draw("made", 6, 1)
    copied = made / "003.png"
    copied.write_bytes((training / "017.png").read_bytes())
    arguments = ("--data", training, "--features", averages, "--trust-code", "--shown", "4")
    arguments += ("--out", tmp_path / "near.png")
    printed = json.loads(run("neighbours", made, *arguments))
    saved = json.loads((tmp_path / "near.json").read_text())
    assert printed["suspicious"] >= 1
    assert saved["closest"][0] == {
        "sample": 3,
        "neighbours": ["017.png", *saved["closest"][0]["neighbours"][1:]],
        "distances": [0, *saved["closest"][0]["distances"][1:]],
    }
    with Image.open(tmp_path / "near.png") as sheet_file:
        assert sheet_file.width > 2 * 4 * 48
    pictures = np.zeros((2, 3, 32, 32, 3), np.uint8)
    sheet = neighbour_sheet(pictures[:, 0], pictures, np.ones((2, 3)), across=1)
    assert sheet.shape == (2 * 44 + 12, 4 * 32 + 3 * 2, 3)


def test_sentences_are_scored(draw: Draw, clip_folder: Path, tmp_path: Path) -> None:
    made, wanted = draw("made", 3, 0), draw("wanted", 3, 7)
    names = sorted(path.stem for path in made.iterdir())
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps({name: f"a face number {name}" for name in names}), encoding="utf-8")
    run("pairs", made, wanted, "--clip", clip_folder, "--texts", texts, "--out", tmp_path / "p.json")
    rows = {row["metric"]: row for row in json.loads((tmp_path / "p.json").read_text("utf-8"))["results"]}
    assert 0 <= rows["image-text score (tiny)"]["value"] <= 100
    assert -1 <= rows["directional similarity (tiny)"]["value"] <= 1
    assert rows["image-text score (tiny)"]["network"] == "tiny"
    with pytest.raises(ConfigError, match="belong together"):
        run("pairs", made, wanted, "--clip", clip_folder)
    for content, words in (
        ('{"000": "a face"}', "no sentence for 001"),
        ("[1]", "holds no sentences"),
        ('{"000": 3}', "sentence for 000: The text is int"),
    ):
        texts.write_text(content, encoding="utf-8")
        with pytest.raises(DataError, match=words):
            run("pairs", made, wanted, "--clip", clip_folder, "--texts", texts)


def test_the_old_name_of_further_features_still_works_and_says_so(
    draw: Draw, averages: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    real, fake = draw("real", 9, 0), draw("fake", 9, 1)
    arguments = ("compare", fake, "--reference", real, "--features", averages, "--trust-code", "-k", "3")
    arguments += ("--resamples", "10")
    for name in ("--manifold-features", "--perceptual"):
        result = CliRunner().invoke(app, ["evaluate", *map(str, (*arguments, name, averages))], catch_exceptions=False)
        assert result.exit_code == 0 and ("--manifold-features" in result.output) == (name == "--perceptual")


def test_tables_are_never_cut_off(draw: Draw, averages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    real = draw("real", 9, 0)
    candidates = [draw(f"a rather long name of a folder {number}", 9, number) for number in range(1, 6)]
    options = ("--features", averages, "--trust-code", "-k", "3", "--resamples", "10")
    output = run("compare", *candidates, "--reference", real, *options)
    assert "…" not in output and all(str(folder) in output for folder in candidates)
    head = next(line for line in output.splitlines() if line.startswith("metric"))
    assert head.split() == ["metric", "(1)", "(2)", "(3)", "(4)", "(5)"]
    rows = [line for line in output.splitlines() if line.startswith("precision")]
    assert len(rows) == 1 and len(rows[0]) > 80


def test_texts_that_are_nested_too_deeply_are_named(draw: Draw, clip_folder: Path, tmp_path: Path) -> None:
    made = draw("made", 1, 0)
    (tmp_path / "texts.json").write_text("[" * 100_000)
    with pytest.raises(DataError, match="holds no sentences"):
        run("pairs", made, made, "--clip", clip_folder, "--texts", tmp_path / "texts.json")


def test_a_report_that_cannot_be_written_is_named_before_the_work(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    for verb in (
        ("compare", missing, "--reference", missing, "--features", missing),
        ("pairs", missing, missing),
        ("smoothness", missing, "--perceptual", missing),
        ("neighbours", missing, "--data", missing, "--features", missing),
    ):
        with pytest.raises(SaveError, match="there is no such folder"):
            run(*verb, "--out", missing / "report.json")
