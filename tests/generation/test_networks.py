"""MM2Latent's networks: the renderer, the encoders, null tokens, independence of the batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from generation.toy import face, given, network

from mien.errors import ConfigError
from mien.models.mm2latent.config import MODALITIES, MappingConfig, SpatialConfig
from mien.models.mm2latent.encoders import Autoencoder, shares_of
from mien.models.mm2latent.render import render, triangulate


def test_a_dome_looks_at_the_camera_and_is_covered_where_it_is() -> None:
    triangles = torch.from_numpy(triangulate(face()))
    maps = render(torch.from_numpy(face())[None], triangles, 32)[0]
    normal, depth, covered = maps[:3], maps[3], maps[4]
    assert covered[16, 16] > 0.5 and covered[2, 2] == 0 and maps[:, 2, 2].abs().sum() == 0
    assert normal[2, 16, 16] < -0.3, "-z looks at the camera"
    assert depth[16, 16] < depth[10, 10], "the middle of the dome is nearer"
    assert normal[0, 16, 10] < 0 < normal[0, 16, 22], "its left side looks left"


def test_the_renderer_has_gradients_to_all_three_coordinates_of_vertices() -> None:
    points = torch.from_numpy(face())[None].requires_grad_()
    render(points, torch.from_numpy(triangulate(face())), 32).square().sum().backward()
    assert points.grad is not None and bool((points.grad.abs().amax(1) > 0).all())


def test_depth_is_counted_from_the_mean() -> None:
    triangles, points = torch.from_numpy(triangulate(face())), torch.from_numpy(face())[None]
    moved = points + torch.tensor([0, 0, 0.2])
    assert torch.allclose(render(points, triangles, 32), render(moved, triangles, 32), atol=1e-4)


def test_nearer_surfaces_hide_others() -> None:
    square = np.array([[0.2, 0.2, 0], [0.8, 0.2, 0], [0.2, 0.8, 0], [0.8, 0.8, 0]], np.float32)
    front, back = square - (0, 0, 0.25), square + (0, 0, 0.25)
    triangles = np.array([[0, 1, 2], [1, 3, 2]], np.float32)
    both = torch.from_numpy(np.concatenate([front, back]).astype(np.float32))[None]
    maps = render(both, torch.from_numpy(np.concatenate([triangles, triangles + 4])), 8)
    where = maps[0, 4] > 0.3
    assert bool(where.any()) and bool((maps[0, 3][where] / maps[0, 4][where] < -0.2).all())


def test_what_is_not_given_has_no_influence() -> None:
    net = network()
    one, other = given(2, 0.0), given(2, 0.0)
    other.semantic, other.sketch, other.geometry = (
        torch.zeros_like(x) for x in (one.semantic, one.sketch, one.geometry)
    )
    other.pose, other.text = one.pose * 0 + 40, one.text + 3
    with torch.no_grad():
        assert torch.equal(net(one), net(other))
        for index in range(len(MODALITIES)):
            flags = torch.zeros(2, 5)
            flags[:, index] = 1
            assert not torch.allclose(net(replace(one, present=flags)), net(replace(other, present=flags)))


@pytest.mark.parametrize("plus", [False, True])
def test_codes_do_not_depend_on_the_batch(plus: bool) -> None:
    net, many = network(plus=plus), given(5)
    many.present = (torch.rand(5, 5, generator=torch.Generator().manual_seed(3)) > 0.5).float()
    with torch.no_grad():
        together = net(many)
        alone = torch.cat([net(type(many)(*(x[i : i + 1] for x in many.tensors()))) for i in range(5)])
    assert together.shape == ((5, 12, 128) if plus else (5, 128))
    assert torch.allclose(together, alone, atol=1e-5)


def test_training_skips_what_is_missing_and_gives_the_same() -> None:
    net, some = network(), given(4)
    some.present = torch.tensor([[1, 0, 1, 0, 1], [0, 0, 0, 0, 0], [0, 1, 1, 1, 0], [1, 1, 0, 0, 1]]).float()
    with torch.no_grad():
        assert torch.allclose(net(some), net.train()(some), atol=1e-5)


def test_the_papers_form_runs_with_one_sample() -> None:
    net = network("pair")
    with torch.no_grad():
        assert net(given(1)).shape == (1, 128)


def test_shares_of_classes_leave_out_what_is_unknown() -> None:
    labels = torch.tensor([[[3, 3, 255, 255], [3, 0, 255, 18], [1, 1, 1, 1], [1, 1, 1, 1]]], dtype=torch.uint8)
    shares = shares_of(labels, 2)
    assert shares.shape == (1, 19, 2, 2)
    assert shares[0, 3, 0, 0] == 0.75 and shares[0, 0, 0, 0] == 0.25
    assert shares[0, 18, 0, 1] == 0.25 and shares[0, :, 0, 1].sum() == 0.25


def test_autoencoders_give_what_they_take() -> None:
    for config in MappingConfig(8, 4, 4).encoders.values():
        maps = torch.rand(2, config.channels, config.side, config.side)
        assert Autoencoder(config)(maps).shape == maps.shape


def test_damaged_configurations_are_refused() -> None:
    good = MappingConfig(8, 4, 4).to_dict()
    assert MappingConfig.from_dict(good) == MappingConfig(8, 4, 4)
    for change in ({"hidden": 10**6}, {"encoders": {}}, {"form": "many"}, {"unknown": 1}, {"pair": "pose"}):
        with pytest.raises(ConfigError):
            MappingConfig.from_dict({**good, **change})
    with pytest.raises(ConfigError):
        SpatialConfig(3, 48, (8, 8))
