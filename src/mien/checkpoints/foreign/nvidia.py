"""NVIDIA's StyleGAN2 networks, of the StyleGAN2-ADA (PyTorch) and StyleGAN3 repositories: pickles and state dicts.

A pickle is a dict with ``G``, ``D`` and ``G_ema``, whose modules bring their settings along; a state dict has the
weights alone, under the same names.
"""

from __future__ import annotations

import re
from typing import Any

import torch
from torch import Tensor

from mien.checkpoints.foreign.entries import Entries
from mien.checkpoints.foreign.generators import Imported, adopt, check_low_pass, choose, widths_to_config
from mien.errors import CorruptCheckpointError, UnknownCheckpointError
from mien.models.stylegan2 import GeneratorConfig

LANDMARK = "synthesis.b4.const"
NAMES = (
    (r"^mapping\.layers\.(\d+)", r"mapping.fc\1"),
    (r"^synthesis\.const", LANDMARK),
    (r"^synthesis\.blocks\.(\d+)\.", r"synthesis.b\1."),
    (r"\.to_rgb\.", ".torgb."),
)
"""From our names to theirs."""

ACTIVATED = re.compile(r"(^|\.)(conv\d|fc\d+|_init_kwargs|synthesis_kwargs|mapping_kwargs|block_kwargs)\.activation$")


def is_nvidia(entries: Entries) -> bool:
    """Whether a file holds such a generator."""
    return bool(entries.prefixes(LANDMARK))


def import_nvidia(entries: Entries, network: str | None = None) -> Imported:
    """A generator out of a file of NVIDIA's layout.

    Args:
        entries: the file.
        network: which of its networks, "G_ema" or "G"; the averaged one when None.

    Raises:
        UnknownCheckpointError: it holds something else than an unconditional StyleGAN2 generator that we can compute.
        CorruptCheckpointError: damaged.
    """
    found, name = choose(entries, LANDMARK, network, "G_ema")
    _refuse_others(found)
    check_low_pass(found, "resample_filter")
    config = _config(found)
    settings = any(key.endswith(".activation") for key in found.values)
    remarks = [] if settings else ["It has weights without settings: leaky ReLU and no clamp are taken for granted."]
    if f"synthesis.b{config.resolution}.conv1.noise_strength" not in found:
        remarks.append("It was trained without noise.")

    def theirs(ours: str) -> Tensor:
        key = ours
        for pattern, replacement in NAMES:
            key = re.sub(pattern, replacement, key)
        if key not in found and key.endswith((".noise_strength", ".noise_const")):
            side = int(key.split(".")[1][1:])
            return torch.zeros((side, side) if key.endswith("const") else ())
        return found.tensor(key)

    return Imported(adopt(config, found, theirs), f"NVIDIA StyleGAN2, {name}", tuple(remarks))


def _config(found: Entries) -> GeneratorConfig:
    blocks = (re.match(r"synthesis\.b(\d{1,5})\.", name) for name in found.values)
    widths = dict.fromkeys((int(block[1]) for block in blocks if block), 0)
    for resolution in widths:
        name = f"synthesis.b{resolution}.torgb.weight"
        shape = found.tensor(name).shape if name in found else ()
        if len(shape) != 4 or shape[0] != 3:
            raise UnknownCheckpointError(
                f"{found.source} has no skip connection to RGB at {resolution} px; only the 'skip' architecture is "
                "imported."
            )
        widths[resolution] = shape[1]
    layers = sum(re.fullmatch(r"mapping\.fc\d+\.weight", name) is not None for name in found.names)
    first = found.tensor("mapping.fc0.weight")
    if first.ndim != 2:
        raise CorruptCheckpointError(f"{found.source} has no mapping layers; fetch the file again.")
    multiplier = _number(found.values.get("mapping.fc0.bias_gain"))
    return widths_to_config(
        widths,
        found.source,
        z_dim=first.shape[1],
        w_dim=first.shape[0],
        mapping_layers=layers,
        mapping_lr_multiplier=0.01 if multiplier is None else multiplier,
        clamp=_number(found.values.get(f"synthesis.b{max(widths)}.conv1.conv_clamp")),
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e6 else None


def _refuse_others(found: Entries) -> None:
    if any(name.startswith("mapping.embed.") for name in found.names) or found.values.get("c_dim"):
        raise UnknownCheckpointError(
            f"{found.source} holds a class-conditional network; give one that was trained without labels."
        )
    for name, value in found.values.items():
        if ACTIVATED.search(name) and value != "lrelu":
            raise UnknownCheckpointError(
                f"{found.source} was trained with the activation {value!r} ({name}); only 'lrelu' can be imported."
            )
        if name.endswith(".architecture") and value != "skip":
            raise UnknownCheckpointError(
                f"{found.source} has the architecture {value!r} ({name}); only 'skip' can be imported."
            )
    limits = {value for name, value in found.values.items() if re.search(r"\.conv[01]\.conv_clamp$", name)}
    if len(limits) > 1:
        raise UnknownCheckpointError(f"{found.source} clamps its layers differently; such networks are not imported.")
