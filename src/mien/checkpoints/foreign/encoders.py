"""e4e (Tov et al., 2021) and pSp (Richardson et al., 2021): an encoder of photos and the generator that it belongs to.

A file holds ``state_dict`` (``encoder.*``, ``decoder.*``), ``opts`` and ``latent_avg``. Both encoders have the same
layers; ``opts.encoder_type`` tells them apart: e4e's heads give offsets to the first code, pSp's give whole codes.
"""

from __future__ import annotations

import re
from dataclasses import replace

import torch
from torch import Tensor

from mien.checkpoints.filling import fill
from mien.checkpoints.foreign.entries import Entries
from mien.checkpoints.foreign.generators import Imported
from mien.checkpoints.foreign.rosinality import adopt_rosinality
from mien.errors import CorruptCheckpointError, UnknownCheckpointError
from mien.models.editing import StyleEncoder, StyleEncoderConfig

LANDMARK = "encoder.input_layer.0.weight"

KINDS = {"Encoder4Editing": "e4e", "GradualStyleEncoder": "psp"}
"""By ``opts.encoder_type``. Others, such as ReStyle's, go over a picture several times."""

HEADS = re.compile(r"styles\.(\d+)\.linear\.weight")
STRIDE = 16
"""Of the coarsest map, which the first head reduces to one pixel."""


def is_encoder(entries: Entries) -> bool:
    """Whether a file holds an encoder together with its generator."""
    return bool(entries.prefixes(LANDMARK)) and any(".decoder." in f".{name}" for name in entries.names)


def import_encoder(entries: Entries, network: str | None = None) -> Imported:
    """The generator of the file, and its encoder.

    Args:
        entries: the file.
        network: "e4e" or "psp" for a file that does not say which of them it is.

    Raises:
        UnknownCheckpointError: another encoder, or the file does not say which.
        CorruptCheckpointError: damaged, or its parts do not belong together.
    """
    prefix = entries.prefixes(LANDMARK)[0]
    layers, kind = entries.under(f"{prefix}encoder."), _kind(entries, network)
    average = entries.tensor("latent_avg").float() if "latent_avg" in entries else None
    if average is not None and (average.ndim not in (1, 2) or not average.numel()):
        raise CorruptCheckpointError(f"{entries.source}: latent_avg is {tuple(average.shape)}; fetch the file again.")
    centre = average if average is None or average.ndim == 1 else average.mean(0)
    imported = adopt_rosinality(entries.under(f"{prefix}decoder."), centre, f"{kind} with its StyleGAN2 generator")
    generator = imported.generator.config
    config = _config(layers, kind)
    if (config.codes, config.w_dim) != (generator.codes, generator.w_dim):
        raise CorruptCheckpointError(
            f"{entries.source}: its encoder gives {config.codes} codes of {config.w_dim}, its generator takes "
            f"{generator.codes} of {generator.w_dim}; fetch the file again."
        )
    starts = entries.values.get("opts.start_from_latent_avg", True)
    start = (imported.generator.mapping.w_avg if average is None else average) if starts else torch.zeros(())
    return replace(imported, encoder=_encoder(layers, config, start))


def our_name(name: str) -> str:
    """Of a weight of the encoder."""
    return f"trunk.{name}" if name.startswith(("input_layer.", "body.")) else name


def _kind(entries: Entries, network: str | None) -> str:
    told = entries.values.get("opts.encoder_type")
    if network is not None:
        kind = network.lower()
    elif told is None:
        raise UnknownCheckpointError(
            f"{entries.source} does not say whether it is e4e or pSp; add --network e4e or --network psp."
        )
    else:
        kind = KINDS.get(str(told), "")
    if kind not in KINDS.values():
        named = network or str(told)[:60]
        raise UnknownCheckpointError(
            f"{entries.source} holds an encoder of another kind ({named!r}); give e4e or pSp (GradualStyleEncoder)."
        )
    return kind


def _config(layers: Entries, kind: str) -> StyleEncoderConfig:
    """Read off the weights."""
    heads = [match for name in layers.names if (match := HEADS.fullmatch(name))]
    first = layers.tensor("input_layer.0.weight")
    linear = layers.tensor("styles.0.linear.weight") if "styles.0.linear.weight" in layers else None
    if not heads or linear is None or linear.ndim != 2 or first.ndim != 4 or "latlayer2.weight" not in layers:
        raise UnknownCheckpointError(
            f"{layers.source} holds an encoder without e4e's and pSp's heads per code; give one of these."
        )
    if first.shape[1] != 3:
        raise UnknownCheckpointError(
            f"{layers.source} encodes pictures of {first.shape[1]} channels, not photos; give an encoder of RGB faces."
        )
    halvings = sum(bool(re.fullmatch(r"styles\.0\.convs\.\d+\.weight", name)) for name in layers.names)
    side = STRIDE << min(halvings, 6)
    return StyleEncoderConfig(
        *(side, side, len(heads), linear.shape[0], 3),
        trunk="ir-se50",
        trunk_width=max(16, first.shape[0]),
        offsets=kind == "e4e",
    )


def _encoder(layers: Entries, config: StyleEncoderConfig, start: Tensor) -> StyleEncoder:
    state: dict[str, Tensor] = {}
    for name, value in layers.tensors().items():
        ours = our_name(name)
        state[ours] = value.float() if value.is_floating_point() else value
        if not bool(state[ours].isfinite().all()):
            raise CorruptCheckpointError(f"{layers.source}: {name} has values that are not finite; fetch it again.")
    shape = (config.codes, config.w_dim)
    if (start.ndim and start.shape[-1] != config.w_dim) or (start.ndim == 2 and len(start) != config.codes):
        raise CorruptCheckpointError(
            f"{layers.source}: latent_avg is {tuple(start.shape)}, not {shape}; fetch it again."
        )
    state["w_avg"] = start.expand(shape).clone()
    return fill(lambda: StyleEncoder(config), state, layers.source)
