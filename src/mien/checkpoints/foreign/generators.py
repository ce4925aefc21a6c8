"""What the foreign generators share: they are ours under other names and with axes of length one added or missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from mien.checkpoints.filling import build_for, fill
from mien.checkpoints.foreign.entries import Entries
from mien.errors import CorruptCheckpointError, UnknownCheckpointError
from mien.models.editing import StyleEncoder
from mien.models.stylegan2 import Generator, GeneratorConfig

LOW_PASS = torch.outer(torch.tensor([1.0, 3.0, 3.0, 1.0]), torch.tensor([1.0, 3.0, 3.0, 1.0])) / 64


@dataclass(frozen=True)
class Imported:
    """A generator out of a foreign file.

    Attributes:
        generator: with its weights, in evaluation mode.
        layout: where it came from, in words.
        remarks: what the file did not have, in sentences; empty for most files.
        encoder: from photos to the generator's codes, where the file has one.
    """

    generator: Generator
    layout: str
    remarks: tuple[str, ...] = ()
    encoder: StyleEncoder | None = None


def choose(entries: Entries, landmark: str, network: str | None, averaged: str) -> tuple[Entries, str]:
    """One of the networks of a file, and its name; the averaged one where none is asked for.

    Args:
        entries: the file.
        landmark: the name of a weight that every such network has.
        network: its name in the file.
        averaged: the name of the averaged network.

    Raises:
        UnknownCheckpointError: the file has none of that name.
    """
    found = {prefix.rstrip("."): prefix for prefix in entries.prefixes(landmark)}
    if network is None and "" in found:
        return entries.under(""), "alone in its file"
    wanted = network or averaged
    for name, prefix in found.items():
        if name == wanted or name.split(".")[-1] == wanted:
            return entries.under(prefix), f"network {wanted}"
    others = ", ".join(found) or "nothing known"
    raise UnknownCheckpointError(f"{entries.source} has no network {wanted!r} (it holds {others}); choose another.")


def widths_to_config(widths: Mapping[int, int], source: str, **others: float | None) -> GeneratorConfig:
    """The configuration whose rule min(base / resolution, most) gives these channels per resolution.

    Raises:
        UnknownCheckpointError: there is none.
    """
    most, last = max(widths.values()), max(widths)
    narrow = [resolution for resolution, width in widths.items() if width < most]
    base = widths[narrow[0]] * narrow[0] if narrow else most * last
    if sorted(widths) != [2**exponent for exponent in range(2, last.bit_length())] or not 32 <= last <= 1024:
        raise UnknownCheckpointError(f"{source} has no block for some resolution; give a whole StyleGAN2 generator.")
    config = GeneratorConfig(resolution=last, channel_base=base, channel_max=most, **others)  # type: ignore[arg-type]
    for resolution, width in widths.items():
        if config.channels(resolution) != width:
            raise UnknownCheckpointError(
                f"{source} has {width} channels at {resolution} px, which no StyleGAN2 configuration gives; "
                "import a generator with regular widths."
            )
    return config


def check_low_pass(entries: Entries, ending: str) -> None:
    """Refuses networks that were trained with another resampling filter than [1, 3, 3, 1].

    Raises:
        UnknownCheckpointError: a filter, whose name ends so, is another.
    """
    for name in entries.names:
        if not name.endswith(ending):
            continue
        kernel = entries.tensor(name).float()
        if kernel.shape == (4,):
            kernel = torch.outer(kernel, kernel)
        if kernel.shape != (4, 4) or not torch.allclose(kernel / kernel.sum(), LOW_PASS, atol=1e-4):
            raise UnknownCheckpointError(
                f"{entries.source} resamples with another filter than [1, 3, 3, 1]; it cannot be imported."
            )


def adopt(config: GeneratorConfig, entries: Entries, theirs: Callable[[str], Tensor]) -> Generator:
    """A generator with foreign weights, each reshaped to ours.

    Args:
        config: what to build.
        entries: the network in its file.
        theirs: from our name of a weight to the file's weight.

    Raises:
        CorruptCheckpointError: a weight is missing, has another size, or is not finite.
    """
    state, source = {}, entries.source
    generator = build_for(lambda: Generator(config), entries.tensors(), source)
    for ours, target in generator.state_dict().items():
        value = theirs(ours)
        if [s for s in value.shape if s > 1] != [s for s in target.shape if s > 1] or value.numel() != target.numel():
            shapes = f"{tuple(value.shape)}, not {tuple(target.shape)}"
            raise CorruptCheckpointError(f"{source}: the weight for {ours} is {shapes}; fetch the file again.")
        state[ours] = value.detach().float().reshape(target.shape)
        if not state[ours].isfinite().all():
            raise CorruptCheckpointError(f"{source}: {ours} has values that are not finite; fetch it again.")
    return fill(lambda: generator, state, source)
