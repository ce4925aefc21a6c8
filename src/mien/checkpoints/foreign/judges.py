"""Networks that judge, in the layouts in which they are published; widths are read off the weights."""

from __future__ import annotations

import re
from collections.abc import Callable

import torch
from torch import Tensor, nn

from mien.checkpoints.filling import fill
from mien.checkpoints.foreign.entries import Entries
from mien.errors import CorruptCheckpointError
from mien.models.judges.inception import Inception
from mien.models.judges.irse import ArcFace
from mien.models.judges.lpips import SCALE, SHIFT, WIDTHS, Lpips
from mien.models.judges.vgg import Vgg16


def has(*names: str) -> Callable[[Entries], bool]:
    """Whether a file holds weights of all these names."""
    return lambda entries: all(name in entries for name in names)


def load_inception(entries: Entries, network: str | None = None) -> nn.Module:
    """Inception as pytorch-fid publishes it."""
    unit, classes = _length(entries, "Conv2d_1a_3x3.bn.weight") // 2, _length(entries, "fc.bias")
    return fill(lambda: Inception(max(unit, 1), classes), entries.tensors(), entries.source)


def load_vgg(entries: Entries, network: str | None = None) -> nn.Module:
    """VGG-16 as torchvision publishes it."""
    unit, hidden, classes = (
        _length(entries, f"{name}.bias") for name in ("features.0", "classifier.3", "classifier.6")
    )
    return fill(lambda: Vgg16(unit, hidden, classes), entries.tensors(), entries.source)


def load_arcface(entries: Entries, network: str | None = None) -> nn.Module:
    """ArcFace's ``model_ir_se50.pth``."""
    width, length = _length(entries, "input_layer.1.bias"), _length(entries, "output_layer.3.bias")
    return fill(lambda: ArcFace(max(width, 16), length), entries.tensors(), entries.source)


def is_lpips(net: str) -> Callable[[Entries], bool]:
    """Whether a file holds LPIPS with this network: our names, the lpips package's, or a traced program's constants."""

    def matches(entries: Entries) -> bool:
        names = _lpips_names(entries)
        first = f"features.{3 if net == 'squeeze' else 0}.{'squeeze.' if net == 'squeeze' else ''}weight"
        heads, shape = (
            f"lpips.lin{len(WIDTHS[net]) - 1}.model.1.weight",
            {"alex": (64, 3, 11, 11), "vgg": (64, 3, 3, 3)},
        )
        if heads in names and first in names:
            return net == "squeeze" or entries.tensor(names[first]).shape == shape[net]
        return entries.content.script and _traced(entries, net) is not None

    return matches


def load_lpips(net: str) -> Callable[[Entries, str | None], nn.Module]:
    """Reads LPIPS with this network."""

    def load(entries: Entries, network: str | None = None) -> nn.Module:
        state = _traced(entries, net) if entries.content.script else None
        if state is None:
            state = {ours: entries.tensor(theirs) for ours, theirs in _lpips_names(entries).items()}
        for name, value in state.items():
            if name.startswith("lpips.") and not bool((value >= 0).all()):
                raise CorruptCheckpointError(f"{entries.source}: {name} has weights below zero; fetch it again.")
        return fill(lambda: Lpips(net), state, entries.source)

    return load


def _lpips_names(entries: Entries) -> dict[str, str]:
    """Our names -> those of the file: ours, or those of the lpips package."""
    found: dict[str, str] = {}
    for name in entries.names:
        ours = re.sub(r"^net\.slice\d+\.", "features.", re.sub(r"^lin(?=\d+\.model)", "lpips.lin", name))
        if not ours.startswith(("lins.", "scaling_layer.")):  # the same heads again, and two constants
            found[ours] = name
    return found


def _traced(entries: Entries, net: str) -> dict[str, Tensor] | None:
    """The constants of a traced LPIPS: normalization, features, heads, in this order; None: another program."""
    constants = entries.constants()
    heads = constants[-len(WIDTHS[net]) :]
    if [tuple(head.shape) for head in heads] != [(1, width, 1, 1) for width in WIDTHS[net]]:
        return None
    expected = Lpips(net).state_dict()
    shapes = [(1, 3, 1, 1), (1, 3, 1, 1), *(tuple(value.shape) for value in expected.values())]
    if [tuple(value.shape) for value in constants] != shapes:
        return None
    known = torch.tensor([SHIFT, SCALE]).view(2, 3)
    if not torch.allclose(torch.stack(constants[:2]).view(2, 3).float(), known, atol=1e-4):
        return None
    return dict(zip(expected, constants[2:], strict=True))


def _length(entries: Entries, name: str) -> int:
    """Of a vector among the weights."""
    vector = entries.tensor(name)
    if vector.ndim != 1 or not len(vector):
        raise CorruptCheckpointError(f"{entries.source} does not fit its layout: {name} is no vector; fetch it again.")
    return len(vector)
