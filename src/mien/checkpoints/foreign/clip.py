"""CLIP as OpenAI publishes it (TorchScript archives, or their state dicts) and FaRL (Zheng et al., 2022).

Both have OpenAI's names. FaRL has more under ``visual.``, for the masked modeling that it was trained with; these
weights are left out. A vision transformer is needed. Weights are renamed to those of ``transformers.CLIPModel``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from mien.checkpoints.foreign.entries import Entries
from mien.errors import CorruptCheckpointError, UnknownCheckpointError

LANDMARK = "token_embedding.weight"
HEAD = 64
"""Width of one head of attention in all of OpenAI's networks."""

LAYERS = {
    **{"ln_1": "layer_norm1", "ln_2": "layer_norm2", "attn.out_proj": "self_attn.out_proj"},
    **{"mlp.c_fc": "mlp.fc1", "mlp.c_proj": "mlp.fc2"},
}
PLAIN = {
    "logit_scale": "logit_scale",
    "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
    "positional_embedding": "text_model.embeddings.position_embedding.weight",
    "visual.class_embedding": "vision_model.embeddings.class_embedding",
    "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
    "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
    **{
        f"{theirs}.{part}": f"{ours}.{part}"
        for theirs, ours in (
            ("ln_final", "text_model.final_layer_norm"),
            ("visual.ln_pre", "vision_model.pre_layrnorm"),
            ("visual.ln_post", "vision_model.post_layernorm"),
        )
        for part in ("weight", "bias")
    },
}
"""Their name -> that of ``transformers``; what is left are projections, which are transposed, and blocks."""

PROJECTIONS = {"visual.proj": "visual_projection.weight", "text_projection": "text_projection.weight"}
BLOCK = re.compile(r"(visual\.)?transformer\.resblocks\.(\d+)\.(attn\.in_proj|[\w.]+)[_.](weight|bias)")


@dataclass(frozen=True, eq=False)
class ClipWeights:
    """What builds and fills a ``transformers.CLIPModel``.

    Attributes:
        config: keywords of a ``transformers.CLIPConfig``.
        state: weights by its names, float32.
    """

    config: dict[str, Any]
    state: dict[str, Tensor]


def is_clip(entries: Entries) -> bool:
    """Whether a file holds both towers under OpenAI's names."""
    return any(f"{prefix}visual.conv1.weight" in entries for prefix in entries.prefixes(LANDMARK))


def load_clip_weights(entries: Entries, network: str | None = None) -> ClipWeights:
    """Both towers.

    Raises:
        UnknownCheckpointError: its image tower is a ResNet.
        CorruptCheckpointError: weights are missing or damaged, or have impossible shapes.
    """
    found = entries.under(entries.prefixes(LANDMARK)[0])
    if "visual.class_embedding" not in found:
        raise UnknownCheckpointError(
            f"{entries.source} is a CLIP with a ResNet; give one with a ViT, such as ViT-B/32."
        )
    config = _config(found)
    state: dict[str, Tensor] = {}
    for name in found.names:
        if name in PLAIN:
            state[PLAIN[name]] = found.tensor(name)
        elif name in PROJECTIONS:
            state[PROJECTIONS[name]] = _shaped(found, name, 2).T
        elif match := BLOCK.fullmatch(name):
            state |= _block(found, name, match)
    state = {name: value.detach().float().contiguous() for name, value in state.items()}
    if broken := next((name for name, value in state.items() if not bool(value.isfinite().all())), None):
        raise CorruptCheckpointError(f"{entries.source}: {broken} has values that are not finite; fetch it again.")
    return ClipWeights(config, state)


def _block(found: Entries, name: str, match: re.Match[str]) -> dict[str, Tensor]:
    """Weights of one layer of attention and its two linear layers."""
    tower, index, layer, part = match.groups()
    prefix = f"{'vision' if tower else 'text'}_model.encoder.layers.{index}"
    value = found.tensor(name)
    if layer == "attn.in_proj":
        return {f"{prefix}.self_attn.{one}_proj.{part}": v for one, v in zip("qkv", value.chunk(3), strict=False)}
    return {f"{prefix}.{LAYERS[layer]}.{part}": value} if layer in LAYERS else {}


def _config(found: Entries) -> dict[str, Any]:
    """Sizes of both towers, read off the weights."""
    words, width = _shaped(found, LANDMARK, 2).shape
    seen, _, patch, _ = _shaped(found, "visual.conv1.weight", 4).shape
    places = len(_shaped(found, "visual.positional_embedding", 2)) - 1
    shared = {"hidden_act": "quick_gelu", "layer_norm_eps": 1e-5}
    text = {
        **(_tower(found, "", width) | shared),
        "vocab_size": words,
        "max_position_embeddings": len(_shaped(found, "positional_embedding", 2)),
        **{"bos_token_id": words - 2, "eos_token_id": words - 1, "pad_token_id": words - 1},
    }
    vision = {**(_tower(found, "visual.", seen) | shared), "image_size": patch * math.isqrt(max(places, 0))}
    return {
        "text_config": text,
        "vision_config": {**vision, "patch_size": patch, "num_channels": 3},
        "projection_dim": _shaped(found, "text_projection", 2).shape[1],
    }


def _tower(found: Entries, prefix: str, width: int) -> dict[str, int]:
    blocks = f"{prefix}transformer.resblocks."
    indices = {name.removeprefix(blocks).split(".")[0] for name in found.names if name.startswith(blocks)}
    inner = len(_shaped(found, f"{blocks}0.mlp.c_fc.weight", 2))
    heads = max(1, width // HEAD)
    names = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
    return dict(zip(names, (width, inner, len(indices), heads), strict=True))


def _shaped(found: Entries, name: str, axes: int) -> torch.Tensor:
    value = found.tensor(name)
    if value.ndim != axes or not value.numel():
        raise CorruptCheckpointError(f"{found.source}: {name} has the shape {tuple(value.shape)}; fetch it again.")
    return value
