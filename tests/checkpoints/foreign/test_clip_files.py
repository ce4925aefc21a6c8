"""OpenAI's and FaRL's files give the vectors of a plain reading of the published network; nothing in them is run."""

from __future__ import annotations

import gzip
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional as F

from mien.checkpoints import clip_tokenizer
from mien.checkpoints.clip import DEVIATION, MEAN, load_clip
from mien.checkpoints.foreign import registry
from mien.errors import CorruptCheckpointError, MienError, UnknownCheckpointError
from tests.checkpoints.foreign.clip_layout import CLIP

PAIRS = ("a i", "s m", "h ai", "hai r</w>", "e d</w>")
WORDS = 512 + len(PAIRS) + 2
TEXTS = ["a smile", "red hair"]


@pytest.fixture(scope="module")
def network() -> CLIP:
    torch.manual_seed(0)
    return CLIP(WORDS).eval()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With OpenAI's file of merges: a heading, the pairs, and lines that no network of this size knows."""
    text = "\n".join(("#version: 0.2", *PAIRS, "z z", "q q"))
    (tmp_path / clip_tokenizer.MERGES).write_bytes(gzip.compress(text.encode()))
    return tmp_path


def write(kind: str, network: CLIP, path: Path) -> Path:
    if kind == "openai":
        pictures, tokens = torch.zeros(1, 3, 32, 32), torch.zeros(1, 77, dtype=torch.long)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            traced = torch.jit.trace(network, (pictures, tokens), check_trace=False)
        traced.save(str(path))
    elif kind == "farl":
        more = {"visual.mask_token": torch.ones(128), "visual.lm_head.weight": torch.ones(7, 128)}
        more["visual.lm_transformer.resblocks.0.ln_1.weight"] = torch.ones(128)
        torch.save({"state_dict": {**network.state_dict(), **more}, "epoch": 16}, path)
    else:
        torch.save(network.state_dict(), path)
    return path


@pytest.mark.parametrize("kind", ["openai", "farl", "state dict"])
@torch.no_grad()
def test_vectors_are_those_of_the_published_network(
    kind: str, network: CLIP, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a program was run")

    path = write(kind, network, folder / "ViT-T-8.pt")
    monkeypatch.setattr(torch.jit, "load", run)
    clip = load_clip(path)
    pictures = torch.rand(2, 3, 32, 32) * 2 - 1
    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, DEVIATION))
    expected = F.normalize(network.encode_image(((pictures + 1) / 2 - mean) / deviation), dim=-1)
    assert (clip.of_pictures(pictures) - expected).abs().max() <= 1e-4
    tokens = torch.zeros(2, 77, dtype=torch.long)
    for row, text in zip(tokens, TEXTS, strict=True):
        numbers = torch.tensor(clip.tokenizer(text)["input_ids"])
        row[: len(numbers)] = numbers
    assert (clip.of_words(TEXTS) - F.normalize(network.encode_text(tokens), dim=-1)).abs().max() <= 1e-4
    assert clip.name == "ViT-T-8" and clip.facts()["file"] == "ViT-T-8.pt" and len(clip.sha256) == 64


def test_merges_are_numbered_as_openai_does(network: CLIP, folder: Path) -> None:
    clip = load_clip(write("state dict", network, folder / "a.pt"))
    letters = clip_tokenizer._letters()
    assert len(set(letters)) == 256 and letters[0] == "!" and letters.index("a") == 64
    numbers = clip.tokenizer("Hair red")["input_ids"]
    assert numbers == [WORDS - 2, 512 + 3, letters.index("r"), 512 + 4, WORDS - 1]


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (lambda state: state | {"visual.proj": torch.zeros(3)}, CorruptCheckpointError, "does not fit|shape"),
        (lambda state: without(state, "visual.class_embedding"), UnknownCheckpointError, "ResNet"),
        (lambda state: without(state, "visual.transformer.resblocks.1.ln_1.bias"), CorruptCheckpointError, "missing"),
        (lambda state: state | {"ln_final.bias": torch.full((64,), torch.nan)}, CorruptCheckpointError, "not finite"),
        (
            lambda state: (
                state | {"visual.conv1.weight": torch.zeros(1, 1).expand(1 << 16, 3 << 18).view(1 << 16, 3, 512, 512)}
            ),
            CorruptCheckpointError,
            "a.pt",
        ),
    ],
)
def test_damaged_and_other_files_are_named(
    network: CLIP, folder: Path, spoil: Callable[[Any], Any], error: type[MienError], words: str
) -> None:
    torch.save(spoil(dict(network.state_dict())), folder / "a.pt")
    with pytest.raises(error, match=words) as caught:
        load_clip(folder / "a.pt")
    assert "a.pt" in str(caught.value) and "\n" not in str(caught.value)


def without(state: Any, name: str) -> Any:
    return {key: value for key, value in state.items() if key != name}


def test_a_file_without_a_tokenizer(network: CLIP, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*args: Any) -> Path:
        raise UnknownCheckpointError("offline")

    path = write("state dict", network, folder / "a.pt")
    (folder / clip_tokenizer.MERGES).write_bytes(b"\x1f\x8bnonsense")
    with pytest.raises(CorruptCheckpointError, match="no pairs of a tokenizer"):
        load_clip(path)
    (folder / clip_tokenizer.MERGES).unlink()
    monkeypatch.setattr(clip_tokenizer, "fetch", nowhere)
    with pytest.raises(UnknownCheckpointError, match=r"put its vocab\.json and merges\.txt, or bpe_simple"):
        load_clip(path)
    with pytest.raises(UnknownCheckpointError, match="give it as --clip"):
        registry.load(path, "generator")
    shutil.rmtree(folder)
