"""An editor at another resolution: what both have is taken over, and a painter is grown to twice its side.

A painter that knows no guide becomes one that does, and paints the same without one.

The new level of the refinement network changes nothing at first: its encoder hands the aggregated map on, half as
large, to the level below, and its toRGB adds nothing to the enlarged picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from mien.errors import ConfigError
from mien.models.editing.networks import EditorNetworks, Painter
from mien.models.editing.refinement import DecoderLevel, RefinementEncoder
from mien.models.editing.style_encoder import StyleEncoder
from mien.models.stylegan2 import grow_generator
from mien.models.stylegan2.growth import copy_common
from mien.models.stylegan2.layers import EqualConv2d

SHIFT = 8.0
"""Added to the aggregated map on its way through the new level, so that the leaky ReLUs there let it pass unchanged."""


def take_over(networks: EditorNetworks, earlier: EditorNetworks, parts: Sequence[str]) -> tuple[str, ...]:
    """Gives ``networks`` the weights of ``earlier``, grown where its resolution is twice as high.

    Args:
        networks: freshly made.
        earlier: another editor.
        parts: names of the networks of ``earlier`` that are trained.

    Returns:
        The names of those that were taken over. A generator or a painter of other widths, or of a resolution that is
        neither the same nor half, is not.

    Raises:
        ConfigError: the style encoder or the warping network is another one.
    """
    taken = []
    for part in parts:
        source, target = getattr(earlier, part), getattr(networks, part)
        if part in ("encoder", "warping"):
            _check_namesakes(part, source, target)
            copy_common(source, target)
        elif _config(earlier, part) == _config(networks, part):
            target.load_state_dict(source.state_dict())
        elif part == "painter" and _lacks_guide(earlier, networks):
            copy_common(source, target)
            target.aggregation.learn_guide()
        elif part == "painter" and _is_next(earlier, networks):
            grow_painter(source, target)
        elif part == "generator" and 2 * source.config.resolution == target.config.resolution:
            target.load_state_dict(grow_generator(source).state_dict())
        else:
            continue
        taken.append(part)
    return tuple(taken)


@torch.no_grad()
def widen_encoder(source: StyleEncoder, target: StyleEncoder) -> bool:
    """Gives a style encoder of all modalities the weights of one of photos, such as e4e's; ignoring the rest at first.

    Returns:
        Whether it could: both have the same layers, but for what the first convolution sees.
    """
    a, b = source.config, target.config
    alike = replace(a, side=b.side, inputs=b.inputs, widths=b.widths, grid=b.grid, grid_channels=b.grid_channels)
    if b.trunk != "ir-se50" or alike != b:
        return False
    state, first = source.state_dict(), "trunk.input_layer.0.weight"
    seen = state[first]
    widened = seen.new_zeros(seen.shape[0], b.inputs, *seen.shape[2:])
    widened[:, : a.inputs] = seen
    target.load_state_dict({**state, first: widened})
    return True


@torch.no_grad()
def grow_painter(small: Painter, grown: Painter) -> None:
    """The weights of ``small`` for ``grown``, of twice its side."""
    copy_common(small, grown)
    levels = len(small.refinement.config.channels)
    grown.refinement.bank_gain[:levels] = small.refinement.bank_gain
    _hand_on(small.refinement.encoder, grown.refinement.encoder)
    level = grown.refinement.levels[str(grown.refinement.config.resolution)]
    assert isinstance(level, DecoderLevel)
    level.to_rgb.weight.zero_()


def _hand_on(small: RefinementEncoder, grown: RefinementEncoder) -> None:
    top, below = str(grown.config.resolution), str(small.config.resolution)
    first, down, second = grown.convs[top], grown.downs[top], grown.convs[below]
    before = small.convs[below]
    assert isinstance(first, EqualConv2d) and isinstance(down, EqualConv2d)
    assert isinstance(second, EqualConv2d) and isinstance(before, EqualConv2d)
    assert first.bias is not None and second.bias is not None and before.bias is not None
    width = small.config.inputs
    for layer in (first, down):
        layer.weight[:width] = 0.0
        layer.weight[range(width), range(width), 1, 1] = 1.0 / layer.weight_gain
    first.bias[:width] = SHIFT / first.bias_gain
    weight, bias = before.weight * before.weight_gain, before.bias * before.bias_gain
    second.weight.zero_()
    second.weight[:, :width] = weight / second.weight_gain
    second.bias.copy_((bias - SHIFT * weight.sum((1, 2, 3))) / second.bias_gain)


def _lacks_guide(earlier: EditorNetworks, networks: EditorNetworks) -> bool:
    a, b = earlier.config, networks.config
    knows = b.aggregation.guide and not a.aggregation.guide
    return knows and replace(b.aggregation, guide=False) == a.aggregation and a.refinement == b.refinement


def _is_next(earlier: EditorNetworks, networks: EditorNetworks) -> bool:
    a, b = earlier.config, networks.config
    small, large = a.refinement, b.refinement
    wide_enough = min(large.channels[-2:]) >= large.inputs
    same = (small.fusion, small.bank, small.gate_kernel) == (large.fusion, large.bank, large.gate_kernel)
    return large.channels[:-1] == small.channels and a.aggregation == b.aggregation and same and wide_enough


def _config(networks: EditorNetworks, part: str) -> object:
    c = networks.config
    return c.generator if part == "generator" else (c.aggregation, c.refinement)


def _check_namesakes(part: str, source: torch.nn.Module, target: torch.nn.Module) -> None:
    into = target.state_dict()
    for name, value in source.state_dict().items():
        if name != "w_avg" and (name not in into or into[name].shape != value.shape):
            raise ConfigError(
                f"The {part} of the editor to start from has other sizes than the one asked for; "
                "take a preset of the same family, or leave the preset out."
            )
