"""What the foreign generators share: they are ours under other names and with axes of length one added or missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from mien.errors import CorruptCheckpointError, UnknownCheckpointError
from mien.models.stylegan2 import Generator, GeneratorConfig

LOW_PASS = torch.outer(torch.tensor([1.0, 3.0, 3.0, 1.0]), torch.tensor([1.0, 3.0, 3.0, 1.0])) / 64


@dataclass(frozen=True)
class Imported:
    """A generator out of a foreign file.

    Attributes:
        generator: with its weights, in evaluation mode.
        layout: where it came from, in words.
        remarks: what the file did not have, in sentences; empty for most files.
    """

    generator: Generator
    layout: str
    remarks: tuple[str, ...] = ()


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


def check_low_pass(kernel: Tensor, source: str) -> None:
    """Refuses networks that were trained with another resampling filter than [1, 3, 3, 1]."""
    if kernel.ndim == 1:
        kernel = torch.outer(kernel, kernel)
    if kernel.shape != (4, 4) or not torch.allclose(kernel.float() / kernel.float().sum(), LOW_PASS, atol=1e-4):
        raise UnknownCheckpointError(
            f"{source} resamples with another filter than [1, 3, 3, 1]; it cannot be imported."
        )


def adopt(config: GeneratorConfig, names: Mapping[str, str], tensors: Mapping[str, Tensor], source: str) -> Generator:
    """A generator with foreign weights, each reshaped to ours.

    Args:
        config: what to build.
        names: our name of every weight -> theirs.
        tensors: theirs by name; more than needed is allowed.
        source: what to call the file in messages.

    Raises:
        CorruptCheckpointError: a weight is missing, has another size, or is not finite.
    """
    generator = Generator(config)
    state = {}
    for ours, target in generator.state_dict().items():
        value = tensors.get(names[ours])
        if value is None:
            raise CorruptCheckpointError(f"{source} lacks {names[ours]}; fetch the file again.")
        if value.numel() != target.numel() or [s for s in value.shape if s > 1] != [s for s in target.shape if s > 1]:
            shapes = f"{tuple(value.shape)}, not {tuple(target.shape)}"
            raise CorruptCheckpointError(f"{source}: {names[ours]} is {shapes}; fetch the file again.")
        if not value.isfinite().all():
            raise CorruptCheckpointError(f"{source}: {names[ours]} has values that are not finite; fetch it again.")
        state[ours] = value.detach().float().reshape(target.shape)
    generator.load_state_dict(state)
    return generator.eval().requires_grad_(False)
