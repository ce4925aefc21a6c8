from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from mien.checkpoints import generator as store
from mien.checkpoints import hub
from mien.checkpoints.generator import KIND, load_generator, model_card, save_generator
from mien.errors import CorruptCheckpointError, UnknownCheckpointError
from mien.models.stylegan2 import Generator, GeneratorConfig

CONFIG = GeneratorConfig(
    resolution=32, z_dim=8, w_dim=12, mapping_layers=2, channel_base=256, channel_max=16, clamp=9.0
)


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(0)
    return Generator(CONFIG)


def test_round_trip(tmp_path: Path, generator: Generator) -> None:
    save_generator(tmp_path / "g", generator, "card", half=False, facts={"images": 12})
    back = load_generator(tmp_path / "g")
    assert back.config == CONFIG
    assert not back.training
    assert all(p.is_contiguous(memory_format=torch.channels_last) for p in back.parameters() if p.ndim == 4)
    assert not any(p.requires_grad for p in back.parameters())
    state = back.state_dict()
    assert all(torch.equal(state[name], value) for name, value in generator.state_dict().items())
    assert json.loads((tmp_path / "g" / "config.json").read_text())["images"] == 12
    assert sorted(path.name for path in (tmp_path / "g").iterdir()) == ["README.md", "config.json", "model.safetensors"]


def test_half_precision_halves_the_file_and_keeps_the_picture(tmp_path: Path, generator: Generator) -> None:
    sizes = {}
    z = torch.randn(2, 8)
    for half in (True, False):
        save_generator(tmp_path / "g", generator, "card", half=half)
        sizes[half] = (tmp_path / "g" / "model.safetensors").stat().st_size
        loaded = load_generator(tmp_path / "g")
        assert (loaded(z, noise="const") - generator(z, noise="const")).abs().max() < (0.02 if half else 1e-5)
    assert sizes[True] < 0.7 * sizes[False]


def test_weights_that_do_not_match_the_checksum(tmp_path: Path, generator: Generator) -> None:
    save_generator(tmp_path, generator, "card")
    weights = tmp_path / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(CorruptCheckpointError, match="checksum"):
        load_generator(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"resolution": 64},
        {"w_dim": 13},
        {"resolution": 33},
        {"nonsense": 1},
        {"channel_max": 10**9, "channel_base": 10**12},
        {"w_dim": "x"},
        None,
    ],
)
def test_configurations_that_do_not_fit(tmp_path: Path, generator: Generator, change: dict[str, int] | None) -> None:
    save_generator(tmp_path, generator, "card")
    path = tmp_path / "config.json"
    config = json.loads(path.read_text())
    config["generator"] = change and {**config["generator"], **change}
    path.write_text(json.dumps(config))
    with pytest.raises(CorruptCheckpointError, match=r"does not fit its layout|describes no network"):
        load_generator(tmp_path)


def test_another_kind_of_folder(tmp_path: Path, generator: Generator) -> None:
    save_generator(tmp_path, generator, "card")
    path = tmp_path / "config.json"
    path.write_text(path.read_text().replace(KIND, "face-detector"))
    with pytest.raises(UnknownCheckpointError, match="face-detector"):
        load_generator(tmp_path)


def test_the_card_names_origin_licence_and_size(generator: Generator) -> None:
    card = model_card(generator, "a test", "CC0-1.0", ("It has a flaw.",))
    header, _, body = card.removeprefix("---\n").partition("---\n")
    assert 'license_name: "CC0-1.0"' in header
    for words in ("a test", "CC0-1.0", "32 × 32", "It has a flaw."):
        assert words in body


def test_bundled_names_are_found(tmp_path: Path, generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    save_generator(tmp_path / "tiny", generator, "card")
    monkeypatch.setattr(hub, "BUNDLED", tmp_path)
    assert hub.bundled_names() == ["tiny"]
    assert hub.find_folder("tiny") == tmp_path / "tiny"
    assert store.load_generator("tiny").config == CONFIG


@pytest.mark.parametrize("name", ["no-such-thing", "a/b/c", "../up", "https://example.org/x"])
def test_names_that_stand_for_nothing(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownCheckpointError, match="neither a folder, nor a bundled name"):
        hub.find_folder(name)


def test_the_hub_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(UnknownCheckpointError, match=r"someone/faces is no folder here.*check the name"):
        hub.find_folder("someone/faces")


def test_only_harmless_files_are_fetched(tmp_path: Path, generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    save_generator(tmp_path / "snapshot", generator, "card")
    asked = {}

    def fetch(identifier: str, **options: object) -> str:
        asked.update(identifier=identifier, **options)
        return str(tmp_path / "snapshot")

    import huggingface_hub

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetch)
    monkeypatch.chdir(tmp_path)
    assert load_generator("someone/faces", revision="v2").config == CONFIG
    assert asked == {
        "identifier": "someone/faces",
        "revision": "v2",
        "allow_patterns": ["*.safetensors", "*.json", "*.md"],
    }
