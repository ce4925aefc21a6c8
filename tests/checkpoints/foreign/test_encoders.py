"""e4e and pSp: the same codes as a plain reading of the published layout, and files that are something else."""

from __future__ import annotations

from argparse import Namespace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from mien.checkpoints.encoder import load_encoder
from mien.checkpoints.foreign import registry
from mien.checkpoints.foreign.encoders import our_name
from mien.checkpoints.generator import load_generator
from mien.cli.app import app
from mien.errors import CorruptCheckpointError, MienError, UnknownCheckpointError
from mien.models.editing import StyleEncoder, StyleEncoderConfig
from tests.checkpoints.foreign import encoder_layout, rosinality_layout

WIDTHS = {4: 20, 8: 20, 16: 16, 32: 8}
NAMES = {"e4e": "Encoder4Editing", "psp": "GradualStyleEncoder"}


@cache
def weights() -> dict[str, Tensor]:
    torch.manual_seed(0)
    parts = {"encoder": encoder_layout.encoder(8, 16, 16, 64), "decoder": rosinality_layout.generator(WIDTHS)}
    return {f"{part}.{name}": value for part, state in parts.items() for name, value in state.items()}


def content(kind: str, **opts: Any) -> dict[str, Any]:
    told = {"encoder_type": NAMES[kind], "start_from_latent_avg": True, "device": "cuda:0", "steps": [1, 2], **opts}
    return {"state_dict": weights(), "opts": told, "latent_avg": torch.randn(1, 16).repeat(8, 1)}


@pytest.mark.parametrize(("kind", "starts"), [("e4e", True), ("psp", True), ("psp", False)])
@torch.no_grad()
def test_codes_and_pictures_are_those_of_the_published_layout(kind: str, starts: bool, tmp_path: Path) -> None:
    told = content(kind, start_from_latent_avg=starts)
    torch.save(told, tmp_path / "a.pt")
    imported = registry.load(tmp_path / "a.pt", "generator")
    faces = torch.rand(2, 3, 64, 64) * 2 - 1
    encoder = {name.removeprefix("encoder."): value for name, value in weights().items() if "encoder" in name}
    expected = encoder_layout.forward(encoder, faces, kind) + told["latent_avg"] * starts
    codes = imported.encoder(faces)
    assert (codes - expected).abs().max() <= 1e-4 and codes.std() > 0.1
    decoder = {name.removeprefix("decoder."): value for name, value in weights().items() if "decoder" in name}
    z = torch.randn(1, 16)
    assert (imported.generator(z, noise="const") - rosinality_layout.forward(decoder, z)).abs().max() <= 1e-4
    assert torch.allclose(imported.generator.mapping.w_avg, told["latent_avg"][0])


def test_a_genuine_file_has_exactly_our_weights() -> None:
    with torch.device("meta"):
        ours = StyleEncoder(StyleEncoderConfig(256, 256, 18, 512, 3, trunk="ir-se50")).state_dict()
    published = {our_name(name): shape for name, shape in encoder_layout.shapes().items()}
    assert {name: tuple(value.shape) for name, value in ours.items()} == {**published, "w_avg": (18, 512)}


def test_the_command_keeps_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = content("e4e")
    told["opts"] = Namespace(**told["opts"])
    torch.save(told, tmp_path / "a.pt")
    out = tmp_path / "g"
    app(["import", str(tmp_path / "a.pt"), "--out", str(out), "--network", "e4e"], standalone_mode=False)
    assert "an encoder of photos" in capsys.readouterr().err
    encoder = load_encoder(out)
    assert encoder is not None and encoder.config.offsets and load_generator(out).config.codes == 8
    assert torch.equal(encoder.state_dict()["w_avg"], told["latent_avg"])


def without(told: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**told, "state_dict": {name: v for name, v in told["state_dict"].items() if name not in names}}


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (lambda told: {**told, "opts": {}}, UnknownCheckpointError, "add --network e4e or --network psp"),
        (lambda told: {**told, "opts": {"encoder_type": "ProgressiveBackboneEncoder"}}, UnknownCheckpointError, "kind"),
        (lambda told: without(told, "encoder.body.3.res_layer.1.weight"), CorruptCheckpointError, "is missing"),
        (lambda told: without(told, "encoder.styles.0.linear.weight"), UnknownCheckpointError, "heads per code"),
        (lambda told: {**told, "latent_avg": torch.zeros(3, 16)}, CorruptCheckpointError, r"latent_avg is \(3, 16\)"),
        (lambda told: {**told, "latent_avg": torch.zeros(())}, CorruptCheckpointError, "latent_avg"),
    ],
)
def test_damaged_and_other_encoders_are_named(spoil: Any, error: type[MienError], words: str, tmp_path: Path) -> None:
    torch.save(spoil(content("e4e")), tmp_path / "a.pt")
    with pytest.raises(error, match=words) as caught:
        registry.load(tmp_path / "a.pt", "generator")
    assert "a.pt" in str(caught.value) and "\n" not in str(caught.value)


def test_encoders_of_sketches_and_of_other_generators(tmp_path: Path) -> None:
    told = content("psp")
    first = told["state_dict"]["encoder.input_layer.0.weight"]
    for change, words in (
        ({"encoder.input_layer.0.weight": first[:, :1].clone()}, "1 channels, not photos"),
        ({f"decoder.{n}": v for n, v in rosinality_layout.generator({**WIDTHS, 64: 4}).items()}, "its generator takes"),
    ):
        torch.save({**told, "state_dict": told["state_dict"] | change}, tmp_path / "a.pt")
        with pytest.raises((UnknownCheckpointError, CorruptCheckpointError), match=words):
            registry.load(tmp_path / "a.pt", "generator")
