"""What the recipes make of measured figures: the model card's table, the command it quotes, the ablations' table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from mien.checkpoints.generator import load_generator, save_generator
from mien.models.stylegan2 import Generator, GeneratorConfig
from recipes.ablation_judges import PAPER, save, table
from recipes.release import comparison, portable, release_generator, renew_figures
from recipes.results import main


def row(candidate: str, metric: str, value: float | None) -> dict[str, Any]:
    return {
        "candidate": candidate,
        "reference": "../set/faces (train)",
        "reference_pictures": 1830,
        "metric": metric,
        "value": value,
    }


REPORT = {
    "command": "mien evaluate compare runs/a --reference ../set/faces --features /somewhere/net.pt --samples 20",
    "results": [
        row("a", "FD-Net", 12.345),
        row("a", "KID-Net", 1.0),
        row("b", "FD-Net", None),
        row("b", "KID-Net", 2.0),
    ],
}


def test_the_cards_table_has_a_column_for_each_candidate_and_no_other_metric() -> None:
    lines = comparison(REPORT).splitlines()
    assert lines[0] == "|  | against | a | b |"
    assert lines[2:] == ["| FD-Net | faces (train), 1,830 | 12.3 | – |"]


def test_the_quoted_command_names_no_folder_of_the_machine() -> None:
    expected = "mien evaluate compare runs/a --reference faces --features net.pt --samples 20"
    assert portable(REPORT["command"]) == expected  # type: ignore[arg-type]


def test_a_release_is_a_generator_with_its_card_and_two_sheets(tmp_path: Path) -> None:
    torch.manual_seed(0)
    made = Generator(GeneratorConfig(32, channel_base=256, channel_max=16, z_dim=16, w_dim=16, mapping_layers=2))
    for run, images in (("first", 1000), ("second", 2500)):
        save_generator(tmp_path / run / "generator", made, "none")
        (tmp_path / run / "log.jsonl").write_text('{"images": 1}\n' + json.dumps({"images": images, "elapsed": 1800}))
    (tmp_path / "second" / "run.json").write_text(json.dumps({"stage": {"hold": 300}}))
    copies = {
        "candidate": {"pictures": 100},
        "suspicious": 3,
        "smallest_distance_of_samples": 0.5,
        "threshold": 0.25,
        "median_distance_of_samples": 1.5,
        "median_distance_of_those": 2.5,
        "network": {"label": "Net"},
    }
    for name, content in (("figures", REPORT), ("copies", copies)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    files = tmp_path / "figures.json", tmp_path / "copies.json"
    release_generator(tmp_path / "second", [tmp_path / "first"], *files, tmp_path / "out", tmp_path)
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "3,200 images in 1.0 hours" in card and "3 samples come closer" in card and "| FD-Net |" in card
    assert load_generator(tmp_path / "out").config == made.config
    assert {path.name for path in tmp_path.glob("*.webp")} == {"generator-psi1.webp", "generator-psi0.7.webp"}


@pytest.mark.parametrize("missing", [None, "add"])
def test_the_ablations_table_stands_beside_the_papers(missing: str | None) -> None:
    results = [
        {
            "model": name,
            "configuration": given,
            "metric": "LPIPS-alex",
            "family": "mixed",
            "group": group,
            "value": 0.125,
            "low": 0.12,
            "high": 0.13,
        }
        for name in PAPER
        if name != missing
        for given in ("none", "+Ex")
        for group in ("", "women")
    ]
    head, *rows = table({"results": results})
    assert head[-2:] == ["LPIPS-alex, none", "LPIPS-alex, +Ex"]
    assert [line[0] for line in rows] == list("ABCDE")
    assert rows[1][2:] == ["3.829", "0.2010", *(["–"] * 2 if missing else ["0.125 (0.12 to 0.13)"] * 2)]


def test_every_table_of_the_ablations_stands_under_its_title(tmp_path: Path) -> None:
    for title in ("first", "second"):
        save([["", "a"], [title, "1"]], title, tmp_path / "ablations.txt")
    main(["--ablations", str(tmp_path / "ablations.txt"), "--into", str(tmp_path)])
    page = (tmp_path / "ablations.md").read_text(encoding="utf-8")
    assert page.startswith("# Ablations\n\nGenerated")
    assert page.endswith(
        "## first\n\n|  | a |\n| --- | --- |\n| first | 1 |\n\n## second\n\n|  | a |\n| --- | --- |\n| second | 1 |\n"
    )


def test_figures_are_renewed_and_nothing_else(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("# An editor\n\n## Measured\n\n`mien evaluate bars --model old`\n\n| old |\n", encoding="utf-8")
    empty = dict.fromkeys(("value", "low", "high", "met"))
    texts = dict.fromkeys(("bar", "set", "model", "family", "configuration", "network", "resize", "remark"), "text")
    bar = {**texts, **empty, "metric": "SSIM", "wanted": "> 0", "pictures": 0, "size": 128}
    report = {"command": "python -m benchmarks.bars --model /somewhere/new", "results": [bar]}
    (tmp_path / "report.json").write_text(json.dumps(report), encoding="utf-8")
    renew_figures(tmp_path / "report.json", tmp_path)
    text = card.read_text(encoding="utf-8")
    assert text.startswith("# An editor\n\n## Measured\n\n`python -m benchmarks.bars --model new`\n\n| bar |")
    assert "| SSIM | > 0 |" in text and "old" not in text
