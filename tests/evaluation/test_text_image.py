"""Scores of pictures and sentences, by a CLIP whose vectors are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from mien.checkpoints import clip as clips
from mien.checkpoints.clip import Clip, load_clip
from mien.evaluation.metrics import Judges, Pair, measure_pair, metrics_of
from mien.evaluation.metrics.text import SOURCE, score, text_metrics
from mien.types import UInt8

WORDS = {"red": (1.0, 0.0), "green": (0.0, 1.0), SOURCE: (-1.0, 0.0)}


@dataclass(frozen=True, eq=False)
class Colors(Clip):
    """Pictures are their mean red and green; words stand for these."""

    sha256: str = "colors"  # type: ignore[assignment]

    def of_pictures(self, pictures: Tensor) -> Tensor:
        return pictures[:, :2].mean((2, 3)) + 1

    def of_words(self, texts: Any) -> Tensor:
        return torch.tensor([WORDS[text] for text in texts])


def colors(name: str = "colors", sha256: str = "colors") -> Colors:
    network = SimpleNamespace(config=SimpleNamespace(vision_config=SimpleNamespace(image_size=8)))
    return Colors(name, (), "colors", network, None, sha256)


def flat(red: int, green: int) -> UInt8:
    return np.broadcast_to(np.array([red, green, 0], np.uint8), (16, 16, 3)).copy()


def test_scores_and_directions() -> None:
    clip = colors()
    assert score(clip, flat(255, 0), "red") == pytest.approx(100) and score(clip, flat(255, 0), "green") == 0
    assert score(clip, flat(255, 255), "red") == pytest.approx(100 / 2**0.5)

    def direction(made: UInt8, wanted: UInt8) -> float | None:
        found = measure_pair(text_metrics(clip), Pair("a", made, wanted, text="red"))
        return found.get("directional similarity (colors)")

    there, back = direction(flat(255, 100), flat(0, 100)), direction(flat(0, 100), flat(255, 100))
    assert there is not None and there > 0.8 and back == pytest.approx(-there)
    assert direction(flat(9, 9), flat(9, 9)) is None


def test_pairs_with_a_sentence_are_scored_and_name_their_judge() -> None:
    metrics = metrics_of(Judges(clip=colors()))
    pair = Pair("a", flat(255, 0), flat(255, 9), np.ones((16, 16), np.float32))
    assert measure_pair(metrics, replace(pair, text="red"))["image-text score (colors)"] == pytest.approx(100)
    assert "image-text score (colors)" not in measure_pair(metrics, pair)
    (scored,) = [metric for metric in metrics if metric.name == "image-text score (colors)"]
    assert scored.source == {"network": "colors", "resize": colors().resize}


def test_only_openais_own_weights_off_the_hub_give_the_published_name() -> None:
    assert colors("openai/clip-vit-base-patch32").score_name == "CLIP score (openai/clip-vit-base-patch32)"
    assert colors("clip-vit-base-patch32").score_name.startswith("image-text score")


def test_from_the_hub_the_configuration_comes_first_and_pickles_last(
    clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def fetch(identifier: str, revision: str | None, patterns: tuple[str, ...]) -> Path:
        asked.append(tuple(patterns))
        return clip_folder

    monkeypatch.setattr(clips, "fetch", fetch)
    clip = load_clip("somebody/clip")
    assert clip.name == "somebody/clip" and asked[0] == ("config.json",)
    assert "model.safetensors" in asked[1] and len(asked) == 2
    assert not any("*" in pattern and "model-" not in pattern for patterns in asked for pattern in patterns)


def test_the_checksum_is_of_all_that_counts(clip_folder: Path, tmp_path: Path) -> None:
    import json
    import shutil

    folder = Path(shutil.copytree(clip_folder, tmp_path / "other"))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["text_config"]["hidden_act"] = "gelu"
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert load_clip(folder).sha256 != load_clip(clip_folder).sha256
