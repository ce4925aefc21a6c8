"""CLIP in the Hugging Face layout: what it says, and files that are something else."""

from __future__ import annotations

import json
import pickle
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from mien.checkpoints.clip import DEVIATION, MEAN, load_clip
from mien.errors import ConfigError, CorruptCheckpointError, MienError, UnknownCheckpointError, UnsafeCheckpointError


def test_pictures_and_words_are_the_networks_own(clip_folder: Path) -> None:
    from transformers import CLIPModel

    clip, network = load_clip(clip_folder), CLIPModel.from_pretrained(clip_folder)
    pictures = torch.rand(2, 3, 32, 32) * 2 - 1
    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, DEVIATION))
    tokens = clip.tokenizer(["a smile", "red hair"], padding=True, return_tensors="pt")
    with torch.no_grad():
        said = network(**tokens, pixel_values=((pictures + 1) / 2 - mean) / deviation)
    assert torch.allclose(clip.of_pictures(pictures), said.image_embeds, atol=1e-5)
    assert torch.allclose(clip.of_words(["a smile", "red hair"]), said.text_embeds, atol=1e-5)
    assert clip.name == "tiny" and clip.score_name == "image-text score (tiny)" and len(clip.sha256) == 64


def test_sentences_do_not_depend_on_their_company_and_may_be_long(clip_folder: Path) -> None:
    clip = load_clip(clip_folder)
    alone, beside = clip.of_words(["a smile"]), clip.of_words(["a smile", "a much longer sentence"])
    assert torch.allclose(alone[0], beside[0], atol=1e-5) and not torch.allclose(beside[0], beside[1], atol=1e-2)
    assert torch.isfinite(clip.of_words(["smile " * 40])).all()


def test_pictures_of_any_size_have_gradients(clip_folder: Path) -> None:
    picture = torch.zeros(1, 3, 64, 64, requires_grad=True)
    load_clip(clip_folder).of_pictures(picture)[0, 0].backward()  # type: ignore[no-untyped-call]
    assert picture.grad is not None and float(picture.grad.abs().sum()) > 0


class Trap:
    """Makes a file when it is unpickled freely."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., None], tuple[Path]]:
        return Path.touch, (self.target,)


def _without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def _trapped(folder: Path) -> None:
    _without_weights(folder)
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Trap(folder / "sprung")))


def _cut(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:5000])


def _lacking(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    state = load_file(folder / "model.safetensors")
    del state["visual_projection.weight"]
    save_file(state, folder / "model.safetensors", {"format": "pt"})


def _wordless(folder: Path) -> None:
    for name in ("vocab.json", "merges.txt"):
        (folder / name).unlink()


def _talkative(folder: Path) -> None:
    words = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    (folder / "vocab.json").write_text(json.dumps({**words, "beard": len(words)}))


def _other(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "bert"}))


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (_without_weights, CorruptCheckpointError, "holds no weights"),
        (_trapped, UnsafeCheckpointError, "nothing was run"),
        (_cut, CorruptCheckpointError, "not a safetensors file"),
        (_lacking, CorruptCheckpointError, "visual_projection.weight is missing"),
        (_wordless, CorruptCheckpointError, "holds no tokenizer"),
        (_talkative, CorruptCheckpointError, "knows more words than its network"),
        (_other, UnknownCheckpointError, "is not a CLIP"),
    ],
)
def test_damaged_and_foreign_folders_are_named(
    clip_folder: Path, tmp_path: Path, spoil: Callable[[Path], None], error: type[MienError], words: str
) -> None:
    folder = Path(shutil.copytree(clip_folder, tmp_path / "spoilt"))
    spoil(folder)
    with pytest.raises(error, match=words) as caught:
        load_clip(folder)
    assert "spoilt" in str(caught.value) and "\n" not in str(caught.value)
    assert not (folder / "sprung").exists()


def test_neither_folder_nor_id_and_no_package(clip_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownCheckpointError, match="neither a folder nor a Hugging Face id"):
        load_clip("no such clip")
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ConfigError, match="mien\\[text\\]"):
        load_clip(clip_folder)


def test_what_a_configuration_asks_for_besides_sizes_is_not_done(clip_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(clip_folder, tmp_path / "asking"))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    asked = {"attn_implementation": "somebody/kernels", "_attn_implementation": "somebody/kernels", "dtype": "float16"}
    asked |= {"quantization_config": {"quant_method": "bitsandbytes"}, "auto_map": {"AutoModel": "code.Model"}}
    for part in (config, config["text_config"], config["vision_config"]):
        part.update(asked)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "adapter_config.json").write_text('{"peft_type": "LORA"}', encoding="utf-8")
    clip, plain = load_clip(folder), load_clip(clip_folder)
    assert {p.dtype for p in clip.model.parameters()} == {torch.float32}
    assert torch.equal(clip.of_words(["a smile"]), plain.of_words(["a smile"]))


def test_a_device_that_is_not_there(clip_folder: Path) -> None:
    with pytest.raises(ConfigError, match="Nothing can run on 'abacus'"):
        load_clip(clip_folder, "abacus")


def test_sharded_pickles_and_the_older_names_of_the_settings(clip_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    folder = Path(shutil.copytree(clip_folder, tmp_path / "older"))
    state = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = sorted(state)
    for part, chosen in enumerate((names[::2], names[1::2]), 1):
        torch.save({name: state[name] for name in chosen}, folder / f"pytorch_model-{part:05d}-of-00002.bin")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    for part in ("text_config", "vision_config"):
        config[f"{part}_dict"] = config.pop(part)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    older, newer = load_clip(folder), load_clip(clip_folder)
    assert torch.equal(older.of_words(["a smile"]), newer.of_words(["a smile"]))


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("text_config", {"hidden_size": 1 << 20, "intermediate_size": 1 << 22}),
        ("text_config", {"vocab_size": 1 << 40}),
        ("vision_config", {"num_hidden_layers": 1 << 30}),
        ("vision_config", {"image_size": 1 << 20, "patch_size": 1}),
    ],
)
def test_configurations_that_claim_huge_networks(
    clip_folder: Path, tmp_path: Path, part: str, change: dict[str, int]
) -> None:
    folder = Path(shutil.copytree(clip_folder, tmp_path / "huge"))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config[part].update(change)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(CorruptCheckpointError, match="huge"):
        load_clip(folder)
    assert torch.is_grad_enabled()
