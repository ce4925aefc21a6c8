from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from mien.errors import ConfigError
from mien.models.editing import Refinement, RefinementConfig

CONFIG = RefinementConfig(
    inputs=6, channels=(16, 16, 12, 8), bank_channels=(16, 12, 8, 4), w_dim=10, codes=9, global_dim=14
)
SIDES = (4, 8, 16, 32)


def inputs(batch: int = 2) -> tuple[Tensor, Tensor, dict[int, Tensor]]:
    torch.manual_seed(1)
    bank = {r: torch.randn(batch, c, r, r) for r, c in zip(SIDES, CONFIG.bank_channels, strict=True)}
    return torch.randn(batch, 6, 32, 32), torch.randn(batch, 9, 10), {**bank, 64: torch.zeros(batch, 2, 64, 64)}


def build(**changes: object) -> Refinement:
    torch.manual_seed(0)
    return Refinement(replace(CONFIG, **changes)).eval()  # type: ignore[arg-type]


VARIANTS: dict[str, dict[str, object]] = {
    "A": {},
    "B": {"fusion": "add"},
    "C": {"fusion": "gated"},
    "E": {"bank": False},
    "B without bank": {"fusion": "add", "bank": False},
    "C without bank": {"fusion": "gated", "bank": False},
    "light gates": {"gate_kernel": 1},
}


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS)
def test_every_variant_starts_moderately_and_learns_everywhere(changes: dict[str, object]) -> None:
    network = build(**changes).train()
    a, w_plus, bank = inputs()
    picture = network(a, w_plus, bank)
    assert picture.shape == (2, 3, 32, 32)
    assert picture.dtype == torch.float32
    assert 0.02 < picture.std() < 0.5
    (picture * torch.randn_like(picture)).sum().backward()
    unused = {name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()}
    assert not unused
    assert all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())


@torch.no_grad()
def test_the_variants_differ() -> None:
    arguments = inputs()
    pictures = [build(**changes)(*arguments) for changes in VARIANTS.values()]
    for index, picture in enumerate(pictures):
        assert all((picture - other).abs().mean() > 0.05 * picture.std() for other in pictures[:index])


@torch.no_grad()
def test_the_bank_reaches_the_picture_unless_it_is_switched_off() -> None:
    a, w_plus, bank = inputs()
    other = {r: x + 1 for r, x in bank.items()}
    assert not torch.allclose(build()(a, w_plus, bank), build()(a, w_plus, other), atol=1e-3)
    without = build(bank=False)
    assert torch.equal(without(a, w_plus, bank), without(a, w_plus, {}))


@torch.no_grad()
@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS)
def test_a_picture_does_not_depend_on_its_batch(changes: dict[str, object]) -> None:
    network = build(**changes)
    a, w_plus, bank = inputs(5)
    together = network(a, w_plus, bank)
    one_by_one = [
        network(a[i : i + 1], w_plus[i : i + 1], {r: x[i : i + 1] for r, x in bank.items()}) for i in range(5)
    ]
    assert (together - torch.cat(one_by_one)).abs().max() <= 1e-4


@torch.no_grad()
def test_features_can_be_kept_while_codes_change() -> None:
    network = build()
    a, w_plus, bank = inputs()
    features = network.encode(a)
    assert {r: tuple(x.shape[1:]) for r, x in features.maps.items()} == {
        r: (c, r, r) for r, c in zip(SIDES, CONFIG.channels, strict=True)
    }
    for codes in (w_plus, -w_plus):
        torch.testing.assert_close(network.decode(features, codes, bank), network(a, codes, bank))


@torch.no_grad()
def test_fine_detail_of_the_input_reaches_the_picture_directly() -> None:
    """The path at full size: changing one pixel of the aggregated map moves the picture there most."""
    network = build()
    a, w_plus, bank = inputs(1)
    changed = a.clone()
    changed[..., 20, 9] += 3
    difference = (network(changed, w_plus, bank) - network(a, w_plus, bank)).abs().sum(1)[0]
    row, column = divmod(int(difference.argmax()), 32)
    assert max(abs(row - 20), abs(column - 9)) <= 2


@torch.no_grad()
def test_calibration_brings_the_bank_to_unit_scale() -> None:
    network = build()
    a, w_plus, bank = inputs()
    faint = {r: x * 0.05 for r, x in bank.items()}
    expected = network(a, w_plus, {r: x / x.square().mean().sqrt() for r, x in bank.items() if r in SIDES})
    network.calibrate(faint)
    torch.testing.assert_close(network(a, w_plus, faint), expected, atol=1e-4, rtol=1e-4)
    assert "bank_gain" in network.state_dict()


def test_dropout_of_the_global_vector_is_for_training_only() -> None:
    network = build()
    a, *_ = inputs()
    assert torch.equal(network.encode(a).x_global, network.encode(a).x_global)
    dropped = network.train().encode(a).x_global
    assert 0.2 < (dropped == 0).float().mean() < 0.8


def test_bfloat16_in_channels_last_stays_close() -> None:
    network = build().to(memory_format=torch.channels_last)
    a, w_plus, bank = inputs()
    a = a.contiguous(memory_format=torch.channels_last)
    with torch.no_grad():
        expected = network(a, w_plus, bank)
    with torch.autocast("cpu", torch.bfloat16):
        picture = network(a, w_plus, bank)
    assert picture.dtype == torch.float32
    assert (picture - expected).abs().mean() <= 0.05 * expected.std()
    picture.mean().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())


@pytest.mark.parametrize("wrong", ["a", "w_plus", "bank", "missing"])
def test_wrong_shapes_are_refused(wrong: str) -> None:
    a, w_plus, bank = inputs()
    if wrong == "a":
        a = a[..., ::2]
    elif wrong == "w_plus":
        w_plus = w_plus[:, 1:]
    elif wrong == "bank":
        bank[16] = bank[8]
    else:
        del bank[4]
    with pytest.raises(AssertionError, match="must"):
        build()(a, w_plus, bank)


@pytest.mark.parametrize("changes", [{"codes": 7}, {"bank_channels": (1, 2)}, {"fusion": "glue"}])
def test_configurations_that_fit_no_network_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"levels|fusion|Fusion"):
        replace(CONFIG, **changes)  # type: ignore[arg-type]
