"""How fast the StyleGAN2 networks are: synthesis against two references, and a training step.

    python -m benchmarks.stylegan2 [--threads 2] [--clock wall] [--rounds 5] [--json FILE]

Synthesis is the 256 px generator of config-f. "literal" is the reference of tests/parity; "customary" is what public
PyTorch code does without custom kernels: one group per sample, transposed convolution, depthwise low-pass. Same
process, same weights, and the pictures are compared. A training step is portrait-128 at batch 16 in bfloat16: one step
of the generator and one of the plain discriminator with its own batch of fakes, Adam included, without R1 (for whole
stages see benchmarks/training.py).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import leaky_relu, softplus

from benchmarks.formulations import grouped, grouped_up
from benchmarks.timing import Clock, print_table, take_turns
from mien.models.stylegan2 import Discriminator, Generator, GeneratorConfig, discriminator_for, ffhq_1024, portrait_128
from tests.parity import literal_stylegan2 as literal

BATCH = 16
CONFIG_F = replace(ffhq_1024(), resolution=256)


def customary_conv(state: literal.State, name: str, x: Tensor, w: Tensor, noise: Tensor | None, *, up: bool) -> Tensor:
    """The customary form of a styled convolution, over mien's names of weights."""
    style = literal.linear(w, state, f"{name}.affine")
    y = (grouped_up if up else grouped)(x, state[f"{name}.weight"], style)
    if noise is not None:
        y = y + noise * state[f"{name}.noise_strength"]
    return leaky_relu(y + state[f"{name}.bias"][:, None, None], 0.2) * 2**0.5


@torch.inference_mode()
def synthesis(
    batch: int, rounds: int, clock: Clock, config: GeneratorConfig = CONFIG_F
) -> tuple[dict[str, float], dict[str, float]]:
    """Milliseconds per picture, and the largest difference from the literal picture, by form."""
    torch.manual_seed(0)
    generator = Generator(config).eval()
    generator.to(memory_format=torch.channels_last)
    w_plus = generator.broadcast(torch.randn(batch, generator.config.w_dim))
    noises = [torch.randn(1, 1, side, side) for side in generator.config.noises]
    state = {name: value.contiguous() for name, value in generator.state_dict().items()}

    def bfloat16() -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return generator.synthesis(w_plus, noises)

    forms = {
        "literal": lambda: literal.synthesis(state, w_plus, noises),
        "customary": lambda: literal.synthesis(state, w_plus, noises, conv=customary_conv),
        "mien float32": lambda: generator.synthesis(w_plus, noises),
        "mien bfloat16": bfloat16,
    }
    expected = forms["literal"]()
    difference = {name: float((form() - expected).abs().max()) for name, form in forms.items()}
    return {name: value / batch for name, value in take_turns(forms, rounds, clock).items()}, difference


def training_step(rounds: int, clock: Clock) -> dict[str, float]:
    """Milliseconds of the parts of a step."""
    config = portrait_128()
    networks = (Generator(config), Discriminator(discriminator_for(config)))
    generator, discriminator = (n.to(memory_format=torch.channels_last) for n in networks)  # type: ignore[call-overload]
    optimisers = [torch.optim.Adam(n.parameters(), 2e-3, (0.0, 0.99)) for n in (generator, discriminator)]
    reals = torch.randn(BATCH, 3, 128, 128).to(memory_format=torch.channels_last)

    def fakes() -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return generator(torch.randn(BATCH, config.z_dim))

    def step_generator() -> None:
        discriminator.requires_grad_(False)
        pictures = fakes()
        with torch.autocast("cpu", torch.bfloat16):
            loss = softplus(-discriminator(pictures)).mean()
        loss.backward()
        optimisers[0].step()
        optimisers[0].zero_grad()
        discriminator.requires_grad_(True)

    def step_discriminator() -> None:
        with torch.no_grad():
            pictures = fakes()
        with torch.autocast("cpu", torch.bfloat16):
            fake, real = discriminator(torch.cat([pictures, reals])).chunk(2)
        (softplus(fake) + softplus(-real)).mean().backward()
        optimisers[1].step()
        optimisers[1].zero_grad()

    return take_turns({"generator": step_generator, "discriminator": step_discriminator}, rounds, clock)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    report: dict[str, Any] = {"threads": options.threads, "clock": options.clock}
    speeds: dict[str, dict[str, float]] = {}
    for batch in (1, 4):
        milliseconds, difference = synthesis(batch, options.rounds, options.clock)
        ratios = {name: milliseconds["literal"] / value for name, value in milliseconds.items()}
        report[f"synthesis, batch {batch}"] = {"ms": milliseconds, "times faster": ratios, "difference": difference}
        speeds |= {f"batch {batch}, ms per picture": milliseconds, f"batch {batch}, times faster": ratios}
    print_table(speeds, "config-f, 256 px")
    parts = training_step(2 * options.rounds, options.clock)
    report["training step"] = {**parts, "images_per_second": BATCH * 1e3 / sum(parts.values())}
    report["parameters"] = sum(p.numel() for p in Generator(portrait_128()).parameters())
    print_table({"portrait-128, batch 16": report["training step"]}, "\nms of each part")
    if options.json is not None:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
