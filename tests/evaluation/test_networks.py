"""Measuring networks: their layouts, and what a file may be called."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from mien.checkpoints import judges
from mien.checkpoints.judges import Known
from mien.errors import CorruptCheckpointError, UnknownCheckpointError, UnsafeCheckpointError
from mien.evaluation.features import load_features
from mien.evaluation.perceptual import load_distance
from mien.models.judges.inception import BlockE, Inception
from mien.models.judges.irse import ArcFace
from mien.models.judges.lpips import Lpips
from mien.models.judges.vgg import Vgg16


def pictures(count: int = 2, size: int = 64, seed: int = 0) -> torch.Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def randomised(network: nn.Module) -> nn.Module:
    rng = torch.Generator().manual_seed(0)
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            lowest = 0.5 if name.endswith(("running_var", "bn.weight")) else 0 if name.startswith("lpips") else -0.1
            value.copy_(torch.rand(value.shape, generator=rng) * 0.2 + lowest)
    return network.eval()


@pytest.mark.parametrize(
    ("build", "parameters", "shapes"),
    [
        # Without its auxiliary classifier Inception has 23,834,568 parameters for 1,000 classes; FID's has 1,008.
        (
            Inception,
            23_834_568 + 8 * 2049,
            {
                "Conv2d_4a_3x3.conv.weight": (192, 80, 3, 3),
                "Mixed_5b.branch_pool.conv.weight": (32, 192, 1, 1),
                "Mixed_6b.branch7x7_2.conv.weight": (128, 128, 1, 7),
                "Mixed_6e.branch7x7dbl_2.conv.weight": (192, 192, 7, 1),
                "Mixed_7a.branch7x7x3_4.bn.running_mean": (192,),
                "Mixed_7c.branch3x3dbl_3b.conv.weight": (384, 384, 3, 1),
                "fc.weight": (1008, 2048),
            },
        ),
        (Vgg16, 138_357_544, {"features.28.weight": (512, 512, 3, 3), "classifier.3.weight": (4096, 4096)}),
        (
            ArcFace,
            43_797_696,
            {
                "input_layer.2.weight": (64,),
                "body.3.shortcut_layer.0.weight": (128, 64, 1, 1),
                "body.23.res_layer.5.fc1.weight": (32, 512, 1, 1),
                "output_layer.3.weight": (512, 25088),
                "output_layer.4.running_var": (512,),
            },
        ),
    ],
)
def test_the_published_layouts(build: type[nn.Module], parameters: int, shapes: dict[str, tuple[int, ...]]) -> None:
    with torch.device("meta"):
        network = build()
    assert sum(p.numel() for p in network.parameters()) == parameters
    state = network.state_dict()
    assert {name: tuple(state[name].shape) for name in shapes} == shapes


SMALL = {
    "Inception": (lambda: Inception(2, 10), 256),
    "VGG-16": (lambda: Vgg16(2, 24, 10), 24),
    "ArcFace": (lambda: ArcFace(16, 20), 20),
    "pooled LPIPS-squeeze": (Lpips, 2240),
}


@pytest.mark.parametrize("label", SMALL)
def test_a_file_of_a_known_layout_is_recognised_but_not_given_the_published_name(label: str, tmp_path: Path) -> None:
    build, length = SMALL[label]
    network = randomised(build())
    torch.save(network.state_dict(), tmp_path / "mine.pth")
    space = load_features(tmp_path / "mine.pth")
    vectors = space.features([np.zeros((3, 70, 70, 3), np.uint8)])
    assert vectors.shape == (3, length)
    assert np.isfinite(vectors).all()
    assert space.label == f"{label}[mine]"
    assert space.name("FD") == f"FD-{label}[mine]"
    assert "anti-aliased" in space.resize or space.resize == "none"


def test_only_the_published_file_gives_the_published_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "weights.pth"
    torch.save(randomised(Inception(2, 10)).state_dict(), file)
    assert load_features(file).name("FD") != "FID"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    monkeypatch.setattr(judges, "BY_CHECKSUM", {digest: judges.INCEPTION})
    space = load_features(file)
    names = [space.name(metric) for metric in ("FD", "KID", "U-IDS", "P-IDS", "recall")]
    assert names == ["FID", "KID", "U-IDS", "P-IDS", "recall (Inception)"]
    monkeypatch.setattr(judges, "UNFIT", {digest: "is not for this; give another"})
    with pytest.raises(UnknownCheckpointError, match=r"weights\.pth is not for this; give another\."):
        load_features(file)


def test_unknown_torchscript_is_called_after_its_file(averages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    space = load_features(averages, trust_code=True)
    assert [space.name(m) for m in ("FD", "recall")] == ["FD-averages", "recall (averages)"]
    digest = hashlib.sha256(averages.read_bytes()).hexdigest()
    monkeypatch.setattr(judges, "BY_CHECKSUM", {digest: Known("Quarters", "none")})
    assert load_features(averages, trust_code=True).name("FD") == "FD-Quarters"


def test_inceptions_averages_leave_the_padding_out_and_its_last_block_takes_the_maximum() -> None:
    x = torch.rand(1, 8, 6, 6)
    for maximum, pooled in (
        (True, F.max_pool2d(x, 3, 1, 1)),
        (False, F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)),
    ):
        block = randomised(BlockE(8, 1, maximum=maximum))
        assert torch.allclose(block(x)[:, -12:], block.branch_pool(pooled))


def test_faces_are_cut_as_arcface_wants_them() -> None:
    network = randomised(ArcFace(16, 20))
    faces = pictures(2, 256)
    changed = faces.clone()
    changed[:, :, :35], changed[:, :, 223:], changed[..., :32], changed[..., 220:] = 1, 1, 1, 1
    with torch.inference_mode():
        vectors = network.embed(faces)
        assert torch.equal(vectors, network.embed(changed))
        changed[:, :, 200:223, 200:220] = 1
        assert not torch.equal(vectors, network.embed(changed))
    assert torch.allclose(vectors.norm(dim=1), torch.ones(2))


def test_vgg_sees_pictures_normalised() -> None:
    network = randomised(Vgg16(2, 24, 10))
    x = pictures(1, 224)
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    seen = ((x[0].permute(1, 2, 0) + 1) / 2 - mean) / deviation
    with torch.inference_mode():
        hidden = network.features(seen.permute(2, 0, 1)[None]).flatten(1)
        for index in (0, 3):
            hidden = network.classifier[index](hidden).relu()
        assert torch.allclose(network.embed(x), hidden, atol=1e-5)


def test_pooled_lpips_features_are_never_farther_apart_than_lpips() -> None:
    network = randomised(Lpips())
    a, b = pictures(3, 70, 1), pictures(3, 70, 2)
    with torch.inference_mode():
        pooled = (network.embed(a) - network.embed(b)).square().sum(1)
        assert (pooled <= network.distance(a, b)).all()
        assert torch.equal(network.distance(a, a), torch.zeros(3))


def test_lpips_from_named_tensors_is_the_official_one(weights: Path) -> None:
    own = load_distance(weights / "squeezenet1_1_lpips.safetensors")
    stored = load_distance(weights / "lpips_squeeze.pt")
    assert own.label == stored.label == "LPIPS-squeeze"
    a, b = pictures(2, 97, 3), pictures(2, 97, 4)
    for net in ("squeeze", "alex"):
        program = torch.jit.load(str(weights / f"lpips_{net}.pt"))
        assert torch.allclose(load_distance(weights / f"lpips_{net}.pt")(a, b), program(a, b), rtol=1e-4)
    assert torch.equal(own(a, b), stored(a, b))


def test_public_files_have_their_own_names(weights: Path) -> None:
    pooled = load_features(weights / "features_mobilenetv2_pooled.pt", trust_code=True)
    assert pooled.name("FD") == "FD-MobileNetV2"
    identity = load_features(weights / "identity_mobileface.pt", trust_code=True)
    assert identity.name("identity") == "identity (MobileFace)"
    assert load_distance(weights / "lpips_alex.pt").label == "LPIPS-alex"
    assert load_features(weights / "lpips_alex.pt").label == "pooled LPIPS-alex"
    with pytest.raises(UnknownCheckpointError, match="not a perceptual distance"):
        load_distance(weights / "age_gender.pt", trust_code=True)


def test_a_mask_makes_a_distance_see_only_its_inside(difference: Path) -> None:
    distance = load_distance(difference, trust_code=True)
    assert distance.label == "difference"
    a, b = pictures(2, 16, 5), pictures(2, 16, 6)
    mask = torch.zeros(2, 1, 16, 16)
    mask[:, :, :4] = 1
    assert torch.allclose(distance(a, b, mask), (a - b)[:, :, :4].square().mean((1, 2, 3)) / 4)


class Mischief:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, ("1 / 0",)


def test_files_that_will_not_do_are_named(tmp_path: Path, difference: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    torch.save({"a.weight": torch.zeros(2)}, tmp_path / "other.pth")
    torch.save([1, 2], tmp_path / "list.pth")
    torch.save({"a": Mischief()}, tmp_path / "mischief.pth")
    cut = {"fc.bias": torch.zeros(2), "Mixed_7c.branch_pool.conv.weight": torch.zeros(1)}
    save_file({**cut, "Conv2d_1a_3x3.bn.weight": torch.zeros(4)}, tmp_path / "cut.st")
    save_file(cut, tmp_path / "shorter.st")
    whole = difference.read_bytes()
    (tmp_path / "half.pt").write_bytes(whole[: len(whole) // 2])
    expected = {
        "none.pt": (UnknownCheckpointError, "cannot be read"),
        "notes.txt": (UnknownCheckpointError, "notes.txt is not a file of weights"),
        "other.pth": (UnknownCheckpointError, "no judging network that is known here .a.weight"),
        "list.pth": (UnknownCheckpointError, "no weights"),
        "mischief.pth": (UnsafeCheckpointError, "nothing was run"),
        "cut.st": (CorruptCheckpointError, "cut.st does not fit its layout"),
        "shorter.st": (CorruptCheckpointError, "lacks Conv2d_1a_3x3.bn.weight"),
        "half.pt": (CorruptCheckpointError, "damaged"),
    }
    for name, (kind, words) in expected.items():
        for load in (load_features,) if name.endswith(".st") else (load_features, load_distance):
            with pytest.raises(kind, match=words if load is load_features else None):
                load(tmp_path / name)
