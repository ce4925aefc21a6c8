"""Generators of the rosinality layout (``stylegan2-pytorch``), in and out.

``g_ema`` holds the state dict, ``latent_avg`` (optional) the mean of w. Convolution n is ``conv1`` for n = 0 and
``convs.{n - 1}`` after that; kernels carry a leading axis of length one and are not flipped against NVIDIA's or ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mien.checkpoints.foreign.layout import LOW_PASS, Imported, adopt, check_low_pass, widths_to_config
from mien.errors import ConfigError, CorruptCheckpointError, UnknownCheckpointError
from mien.files import atomic_path
from mien.models.stylegan2 import Generator, GeneratorConfig

SAMPLES = 10_000
"""Codes of which the mean is taken when a file has no ``latent_avg``."""


def import_rosinality(content: Mapping[str, Any], source: str, network: str = "g_ema") -> Imported:
    """A generator out of a ``.pt``.

    Args:
        content: what the file holds (:func:`load_torch_file`): networks by name, or one state dict.
        source: what to call the file in messages.
        network: which of the stored networks: "g_ema" (the averaged one) or "g".

    Raises:
        UnknownCheckpointError: it holds something else than a StyleGAN2 generator.
        CorruptCheckpointError: damaged.
    """
    state = _state(content, network, source)
    for name, value in state.items():
        if name.endswith(".kernel"):
            check_low_pass(value, source)
    config = _config(state, source)
    mean = content.get("latent_avg")
    remarks: tuple[str, ...] = ()
    if not isinstance(mean, Tensor):
        remarks = (f"It has no mean of w; the mean of {SAMPLES} codes stands for it.",)
    average = mean if isinstance(mean, Tensor) else torch.zeros(config.w_dim)
    generator = adopt(config, _names(config), {**state, "latent_avg": average}, source)
    if remarks:
        z = torch.randn(SAMPLES, config.z_dim, generator=torch.Generator().manual_seed(0))
        generator.mapping.update_w_avg(generator.mapping(z), decay=0.0)
    return Imported(generator, f"rosinality checkpoint, network {network}", remarks)


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


def _state(content: Mapping[str, Any], network: str, source: str) -> dict[str, Tensor]:
    state = content if "input.input" in content else content.get(network)
    if not isinstance(state, Mapping):
        found = ", ".join(map(str, content))
        raise UnknownCheckpointError(f"{source} has no network {network!r} (it holds {found}); choose another.")
    tensors = {str(name): value for name, value in state.items() if isinstance(value, Tensor)}
    for name, value in tensors.items():
        if value.numel() * value.element_size() > value.untyped_storage().nbytes():
            raise CorruptCheckpointError(
                f"{source}: {name} claims more data than the file holds; fetch the file again."
            )
    return tensors


def _config(state: Mapping[str, Tensor], source: str) -> GeneratorConfig:
    layers = sum(bool(re.fullmatch(r"style\.\d+\.weight", name)) for name in state)
    first = state.get("style.1.weight")
    blocks = 1 + sum(bool(re.fullmatch(r"to_rgbs\.\d+\.conv\.weight", name)) for name in state)
    colors = ["to_rgb1", *(f"to_rgbs.{block}" for block in range(blocks - 1))]
    weights = [state.get(f"{name}.conv.weight") for name in colors]
    if first is None or first.ndim != 2 or any(w is None or w.ndim != 5 or w.shape[1] != 3 for w in weights):
        raise UnknownCheckpointError(f"{source} holds no rosinality StyleGAN2 generator; see 'mien import --help'.")
    widths = {4 << block: w.shape[2] for block, w in enumerate(weights) if w is not None}
    return widths_to_config(widths, source, z_dim=first.shape[1], w_dim=first.shape[0], mapping_layers=layers)
