"""What mien's networks are compared with: other ways to compute StyleGAN2, and an inpainting diffusion model.

The diffusion U-Net has the size of Stable Diffusion 1.5's for inpainting (Rombach et al., 2022): 9 input channels,
64 x 64 latents for 512 px, 77 tokens of 768 for the cross attention; weights are random, since speed does not depend on
them. It is built by the package diffusers; without it, there is no figure.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch

from benchmarks.flops import count_flops
from benchmarks.stylegan2 import synthesis
from benchmarks.timing import Clock, all_turns
from mien.models.editing import PRESETS
from mien.models.stylegan2 import ffhq_1024

STEPS = 50
LONG = 5_000.0
"""Milliseconds."""

LARGEST = 256
"""Side up to which the literal StyleGAN2 is run: beyond it takes minutes and gigabytes."""

Figures = dict[str, float | str]


def literal(presets: Sequence[str], rounds: int, clock: Clock) -> dict[str, Figures]:
    """Milliseconds per picture of each form of the presets' generators, batch 1, and how many times faster mien is."""
    found: dict[str, Figures] = {}
    for config in dict.fromkeys(PRESETS[preset]().generator for preset in presets):
        name = f"generator of {config.channel_base} / {config.channel_max} channels at {config.resolution} px"
        if config.resolution > LARGEST:
            config, name = replace(ffhq_1024(), resolution=LARGEST), f"config-f up to {LARGEST} px"
        milliseconds, difference = synthesis(1, rounds, clock, config)
        figures: Figures = {f"{form}, ms": value for form, value in milliseconds.items()}
        for form in ("mien float32", "mien bfloat16"):
            for other in ("literal", "customary"):
                figures[f"{form}, times faster than {other}"] = milliseconds[other] / milliseconds[form]
            figures[f"{form}, largest difference from literal"] = difference[form]
        found[f"StyleGAN2, {name}"] = figures
    return found


def diffusion(edits: Mapping[str, float], clock: Clock, rounds: int = 2) -> dict[str, Figures]:
    """One step of the U-Net and the way to latents and back, and ratios to the networks of one edit of mien's.

    Args:
        edits: milliseconds of encode, warp, synthesize and paint by preset, batch 1.
        clock: see :mod:`benchmarks.timing`.
        rounds: few, since a step takes seconds.
    """
    dtype = faster_type(clock)
    name = f"diffusion inpainting at 512 px, size of Stable Diffusion 1.5, {str(dtype)[6:]}, random weights"
    try:
        import diffusers
    except ImportError as error:
        return {name: {"not measured": f"diffusers is not installed ({error}); pip install 'mien[benchmarks]'"}}
    figures: Figures = {"diffusers": str(diffusers.__version__)}
    with torch.inference_mode():
        step, gflop, parameters = _unet_step(clock, rounds, dtype)
        figures |= {
            "parameters of the U-Net": parameters,
            "one step, ms": step,
            "one step, GFLOP": gflop,
            "one step, GFLOP/s": gflop / step * 1e3,
        }
        figures["to latents and back, ms"] = _latents(clock, rounds, dtype)
    whole = STEPS * step + float(figures["to latents and back, ms"])
    figures[f"{STEPS} steps (as many times one) with latents, ms"] = whole
    for preset, milliseconds in edits.items():
        figures[f"one step, times an edit of {preset}"] = step / milliseconds
        figures[f"{STEPS} steps with latents, times an edit of {preset}"] = whole / milliseconds
    return {name: figures}


def faster_type(clock: Clock) -> torch.dtype:
    """bfloat16 where the processor computes its convolutions no slower than those of float32: half of the bytes."""
    turns = {}
    for dtype in (torch.bfloat16, torch.float32):
        layer = torch.nn.Conv2d(320, 320, 3, padding=1, dtype=dtype).requires_grad_(False)
        maps = torch.randn(1, 320, 32, 32, dtype=dtype).contiguous(memory_format=torch.channels_last)
        layer.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
        turns[dtype] = min(all_turns({"convolution": lambda c=layer, x=maps: c(x)}, 2, clock)["convolution"])
    return min(turns, key=lambda one: turns[one])


def _unet_step(clock: Clock, rounds: int, dtype: torch.dtype) -> tuple[float, float, int]:
    """Milliseconds and GFLOP of one evaluation, batch 1, without classifier-free guidance (which doubles them), and
    how many parameters the network has.
    """
    from diffusers import UNet2DConditionModel

    network = _built(
        lambda: UNet2DConditionModel(sample_size=64, in_channels=9, cross_attention_dim=768, attention_head_dim=8),
        dtype,
    )
    latents = torch.randn(1, 9, 64, 64, dtype=dtype).contiguous(memory_format=torch.channels_last)
    text = torch.randn(1, 77, 768, dtype=dtype)

    def step() -> object:
        return network(latents, 500, encoder_hidden_states=text, return_dict=False)

    parameters = sum(p.numel() for p in network.parameters())
    return _fastest(step, rounds, clock), count_flops(step) / 1e9, parameters


def _latents(clock: Clock, rounds: int, dtype: torch.dtype) -> float:
    """Milliseconds of encoding a picture of 512 px and decoding its latents."""
    from diffusers import AutoencoderKL

    widths = (128, 256, 512, 512)
    network = _built(
        lambda: AutoencoderKL(
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            block_out_channels=widths,
            layers_per_block=2,
            latent_channels=4,
            sample_size=512,
        ),
        dtype,
    )
    picture = torch.randn(1, 3, 512, 512, dtype=dtype).contiguous(memory_format=torch.channels_last)

    def there_and_back() -> object:
        return network.decode(network.encode(picture).latent_dist.mode()).sample

    return _fastest(there_and_back, rounds, clock)


def _fastest(function: Callable[[], object], rounds: int, clock: Clock) -> float:
    """Milliseconds; a first turn of :data:`LONG` is enough, which hardly gets faster when it is warm."""
    now = time.perf_counter if clock == "wall" else time.process_time
    start = now()
    function()
    first = (now() - start) * 1e3
    return first if first > LONG else min(all_turns({"it": function}, rounds, clock)["it"])


def _built(build: Callable[[], Any], dtype: torch.dtype) -> Any:
    """Built in its type from the start, so that weights of several gigabytes do not exist twice."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        network = build().eval().requires_grad_(False)
    finally:
        torch.set_default_dtype(before)
    return network.to(memory_format=torch.channels_last)
