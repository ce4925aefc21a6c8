from __future__ import annotations

import numpy as np
import pytest
import torch

from mien.conditions.dropping import Dropping, drop
from mien.conditions.extract import Extraction, conditions_of, extract
from mien.conditions.labels import INDEX, UNKNOWN
from mien.conditions.layers import Layers, from_conditions
from mien.conditions.modalities import channels, maps
from mien.conditions.types import Conditions
from mien.pixels import to_tensor
from mien.types import UInt8


@pytest.fixture
def face() -> tuple[UInt8, UInt8]:
    """A picture (64, 64, 3) and labels (64, 64)."""
    rng = np.random.default_rng(0)
    labels = np.full((64, 64), INDEX["background"], np.uint8)
    labels[10:60, 16:48], labels[:3] = INDEX["skin"], UNKNOWN
    image = rng.integers(0, 60, (64, 64, 3), np.uint8) + np.where(labels == INDEX["skin"], 150, 20)[..., None]
    return image.astype(np.uint8), labels


def batch(face: tuple[UInt8, UInt8], count: int) -> tuple[torch.Tensor, torch.Tensor]:
    return to_tensor(np.stack([face[0]] * count)), torch.from_numpy(np.stack([face[1]] * count))


def test_channel_layout(face: tuple[UInt8, UInt8]) -> None:
    image, labels = batch(face, 2)
    layers = extract(image, labels, torch.Generator().manual_seed(0))
    stacked = layers.stack()
    assert stacked.shape == (2, sum(channels().values()), 64, 64) == (2, 26, 64, 64)
    assert torch.equal(stacked[:, :3], image)
    assert torch.equal(stacked[:, 3:4], layers["sketch"])
    assert torch.equal(stacked[:, 4 + INDEX["skin"]] > 0, labels == INDEX["skin"])
    assert torch.equal(stacked[:, 23:], layers["color"])
    assert torch.equal(stacked[:, 4:23], layers["semantic"])
    assert torch.equal(layers.stack(("image", "color")), torch.cat([stacked[:, :3], stacked[:, 23:]], 1))


def test_unknown_pixels_say_nothing(face: tuple[UInt8, UInt8]) -> None:
    layers = extract(*batch(face, 1), torch.Generator().manual_seed(0), Extraction(superpixels=0))
    assert not layers["semantic"][:, :, :3].any()
    assert not layers["color"][:, :, :3].any()


def test_extraction_depends_on_the_seed_alone(face: tuple[UInt8, UInt8]) -> None:
    image, labels = batch(face, 8)
    first, again, other = (extract(image, labels, torch.Generator().manual_seed(s)).stack() for s in (5, 5, 6))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("size", [128, 1024])
def test_extraction_works_from_128_to_1024(size: int) -> None:
    image = torch.zeros(1, 3, size, size)
    labels = torch.zeros(1, size, size, dtype=torch.uint8)
    assert extract(image, labels, torch.Generator(), Extraction(superpixels=1.0)).stack().shape == (1, 26, size, size)


def test_a_users_layers_are_those_of_training(face: tuple[UInt8, UInt8]) -> None:
    """One thinned, region-coloured sample of training equals what a user extracts, but for specks and rounding."""
    image, labels = face
    user = from_conditions(image, conditions_of(image, labels))
    settings = Extraction(superpixels=0.0)
    trained = extract(to_tensor(image), torch.from_numpy(labels)[None], torch.Generator().manual_seed(1), settings)
    assert torch.equal(user["semantic"], trained["semantic"])
    known = trained["semantic"].any(1, keepdim=True)
    assert ((user["color"] - trained["color"]).abs() * known).max() < 1 / 127
    assert not (user["sketch"] > trained["sketch"]).any() or trained["sketch"].sum() < user["sketch"].sum()


def test_missing_modalities_are_zero(face: tuple[UInt8, UInt8]) -> None:
    mask = np.zeros((64, 64), np.float32)
    mask[20:30] = 0.3
    layers = from_conditions(face[0], Conditions(mask=mask))
    stacked = layers.stack()
    assert not stacked[:, 3:].any()
    assert not stacked[:, :3, 20:30].any()
    assert torch.equal(stacked[:, :3, :20], to_tensor(face[0])[:, :, :20])


def test_unpainted_color_is_zero(face: tuple[UInt8, UInt8]) -> None:
    color = np.zeros((64, 64, 4), np.uint8)
    color[5, 5] = 255, 255, 255, 255
    layers = from_conditions(face[0], Conditions(color=color))
    assert (layers["color"][0, :, 5, 5] == 1).all()
    assert layers["color"].abs().sum() == 3


def test_conditions_of_another_size_are_refused(face: tuple[UInt8, UInt8]) -> None:
    with pytest.raises(ValueError, match="side 32"):
        from_conditions(face[0], Conditions(sketch=np.ones((32, 32), bool)))
    with pytest.raises(ValueError, match="one size"):
        Conditions(sketch=np.ones((32, 32), bool), mask=np.ones((16, 16), np.float32))
    with pytest.raises(ValueError, match="semantic"):
        Conditions(semantic=np.ones((32, 32), np.int64))


def test_given_and_without() -> None:
    conditions = Conditions(sketch=np.ones((8, 8), bool), text="a beard", attributes={"age": 1.0})
    assert conditions.given == ("sketch", "attributes", "text")
    assert conditions.without("sketch", "attributes").given == ("text",)
    assert conditions.size == 8
    assert Conditions().given == ()


def whole(count: int, side: int) -> Layers:
    ones = {name: torch.ones(count, width, side, side) for name, width in channels().items()}
    return Layers(ones["image"], ones)


def test_dropping_keeps_zeroes_or_keeps_a_part() -> None:
    count = 400
    ones = whole(count, 16)
    settings = Dropping(absent=0.5, whole=0.2)
    left, areas = drop(ones, torch.Generator().manual_seed(0), settings)
    assert set(areas) == set(maps())
    assert torch.equal(left.image, ones.image)
    for name in maps():
        share = areas[name].mean((1, 2, 3))
        assert abs(float((share == 0).float().mean()) - 0.5) < 0.09
        assert abs(float((share == 1).float().mean()) - 0.2) < 0.09
        assert torch.equal(left[name], areas[name].expand_as(left[name]))
    kept = torch.stack([areas[name].amax((1, 2, 3)) for name in maps()], 1)
    assert len(kept.unique(dim=0)) == 8  # every subset of the three occurs


def test_dropping_depends_on_the_seed_alone() -> None:
    ones = whole(4, 32)
    first, again, other = (drop(ones, torch.Generator().manual_seed(s))[0].stack() for s in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
