"""Generators of the rosinality layout (``stylegan2-pytorch``), in and out.

``g_ema`` holds the state dict, ``latent_avg`` (optional) the mean of w. Convolution n is ``conv1`` for n = 0 and
``convs.{n - 1}`` after that; kernels carry a leading axis of length one and are not flipped against NVIDIA's or ours.
"""

from __future__ import annotations

import re
from pathlib import Path

import torch
from torch import Tensor

from mien.checkpoints.foreign.entries import Entries
from mien.checkpoints.foreign.generators import (
    LOW_PASS,
    Imported,
    adopt,
    check_low_pass,
    choose,
    widths_to_config,
)
from mien.errors import ConfigError, UnknownCheckpointError
from mien.files import atomic_path
from mien.models.stylegan2 import Generator, GeneratorConfig

LANDMARK = "input.input"
SAMPLES = 10_000
"""Codes of which the mean is taken when a file has no ``latent_avg``."""


def is_rosinality(entries: Entries) -> bool:
    """Whether a file holds such a generator."""
    return bool(entries.prefixes(LANDMARK)) and any("to_rgbs.0." in name for name in entries.names)


def import_rosinality(entries: Entries, network: str | None = None) -> Imported:
    """A generator out of a ``.pt``.

    Args:
        entries: the file: networks by name, or one state dict.
        network: which of the stored networks, "g_ema" or "g"; the averaged one when None.

    Raises:
        UnknownCheckpointError: it holds something else than a StyleGAN2 generator.
        CorruptCheckpointError: damaged.
    """
    found, name = choose(entries, LANDMARK, network, "g_ema")
    average = entries.tensor("latent_avg") if "latent_avg" in entries else None
    return adopt_rosinality(found, average, f"rosinality StyleGAN2, {name}")


def adopt_rosinality(found: Entries, average: Tensor | None, layout: str) -> Imported:
    """A generator out of the weights of one network.

    Args:
        found: its weights.
        average: (C,) mean of w; None if the file has none.
        layout: where it came from, in words.

    Raises:
        UnknownCheckpointError: it is something else than a StyleGAN2 generator.
        CorruptCheckpointError: damaged.
    """
    check_low_pass(found, ".kernel")
    config = _config(found)
    names, remarks = _names(config), []
    if average is None:
        remarks.append(f"It has no mean of w; the mean of {SAMPLES} codes stands for it.")
    if not any(key.startswith("noises.") for key in found.names):
        remarks.append("It has no noise maps; new ones were drawn.")
    random = torch.Generator().manual_seed(0)

    def theirs(ours: str) -> Tensor:
        key = names[ours]
        if key == "latent_avg":
            return torch.zeros(config.w_dim) if average is None else average
        if key.startswith("noises.") and key not in found:
            side = int(ours.split(".")[2])
            return torch.randn(side, side, generator=random)
        return found.tensor(key)

    generator = adopt(config, found, theirs)
    if average is None:
        z = torch.randn(SAMPLES, config.z_dim, generator=torch.Generator().manual_seed(0))
        generator.mapping.update_w_avg(generator.mapping(z), decay=0.0)
    return Imported(generator, layout, tuple(remarks))


def export_rosinality(generator: Generator, path: Path) -> None:
    """Writes ``g_ema`` and ``latent_avg`` as rosinality's own ``Generator`` loads them.

    Raises:
        ConfigError: z and w differ in length, or the mapping's learning rate is not 0.01: the layout has no place
            for either.
        SaveError: the file cannot be written.
    """
    config = generator.config
    if config.z_dim != config.w_dim or config.mapping_lr_multiplier != 0.01:
        raise ConfigError(
            "The rosinality layout needs z and w of one length and a mapping multiplier of 0.01; "
            f"this generator has {config.z_dim}, {config.w_dim} and {config.mapping_lr_multiplier}: use --layout onnx."
        )
    names = _names(config)
    state = {names[ours]: _their_shape(ours, value.detach().cpu()) for ours, value in generator.state_dict().items()}
    average = state.pop("latent_avg")
    for block in range(len(config.resolutions) - 1):
        state[f"convs.{2 * block}.conv.blur.kernel"] = LOW_PASS * 4
        state[f"to_rgbs.{block}.upsample.kernel"] = LOW_PASS * 4
    with atomic_path(path) as temporary:
        torch.save({"g_ema": state, "latent_avg": average}, temporary)


def _their_shape(ours: str, value: Tensor) -> Tensor:
    if ours.endswith("to_rgb.weight"):
        return value[None, :, :, None, None].contiguous()
    if ours.endswith("to_rgb.bias"):
        return value[None, :, None, None].contiguous()
    if re.search(r"conv\d\.weight$", ours):
        return value[None].contiguous()
    if ours.endswith("noise_const"):
        return value[None, None].contiguous()
    return value.reshape(1) if ours.endswith("noise_strength") else value.contiguous()


def _names(config: GeneratorConfig) -> dict[str, str]:
    """Our name of every weight -> theirs."""
    names = {"mapping.w_avg": "latent_avg", "synthesis.const": "input.input"}
    for layer in range(config.mapping_layers):
        for part in ("weight", "bias"):
            names[f"mapping.layers.{layer}.{part}"] = f"style.{layer + 1}.{part}"
    index = 0
    for block, resolution in enumerate(config.resolutions):
        for conv in ("conv0", "conv1")[block == 0 :]:
            ours = f"synthesis.blocks.{resolution}.{conv}"
            theirs = "conv1" if index == 0 else f"convs.{index - 1}"
            names |= _affine(ours, theirs)
            names[f"{ours}.bias"] = f"{theirs}.activate.bias"
            names[f"{ours}.noise_strength"] = f"{theirs}.noise.weight"
            names[f"{ours}.noise_const"] = f"noises.noise_{index}"
            index += 1
        ours, theirs = f"synthesis.blocks.{resolution}.to_rgb", f"to_rgbs.{block - 1}" if block else "to_rgb1"
        names |= _affine(ours, theirs)
        names[f"{ours}.bias"] = f"{theirs}.bias"
    return names


def _affine(ours: str, theirs: str) -> dict[str, str]:
    return {
        f"{ours}.weight": f"{theirs}.conv.weight",
        f"{ours}.affine.weight": f"{theirs}.conv.modulation.weight",
        f"{ours}.affine.bias": f"{theirs}.conv.modulation.bias",
    }


def _config(found: Entries) -> GeneratorConfig:
    layers = sum(bool(re.fullmatch(r"style\.\d+\.weight", name)) for name in found.names)
    blocks = 1 + sum(bool(re.fullmatch(r"to_rgbs\.\d+\.conv\.weight", name)) for name in found.names)
    colors = [f"{name}.conv.weight" for name in ("to_rgb1", *(f"to_rgbs.{block}" for block in range(blocks - 1)))]
    shapes: list[tuple[int, ...]] = [tuple(found.tensor(name).shape) if name in found else () for name in colors]
    first = found.tensor("style.1.weight").shape
    if len(first) != 2 or any(len(shape) != 5 or shape[1] != 3 for shape in shapes) or blocks > 9:
        raise UnknownCheckpointError(f"{found.source} holds no whole rosinality StyleGAN2 generator; give another.")
    widths = {4 << block: shape[2] for block, shape in enumerate(shapes)}
    return widths_to_config(widths, found.source, z_dim=first[1], w_dim=first[0], mapping_layers=layers)
