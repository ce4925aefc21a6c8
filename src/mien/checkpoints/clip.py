"""CLIP (Radford et al., 2021): pictures and words as vectors of one space.

A ``CLIPModel`` folder with its tokenizer, or a file of OpenAI's or FaRL's with a tokenizer beside it.

Legend: B batch, D length of a vector.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.checkpoints.clip_tokenizer import READ, has_tokenizer, tokenizer_beside
from mien.checkpoints.filling import build_for, fill
from mien.checkpoints.foreign import registry
from mien.checkpoints.foreign.clip import ClipWeights
from mien.checkpoints.foreign.entries import open_file
from mien.checkpoints.hub import fetch, is_identifier
from mien.checkpoints.licences import check_folder, check_uncarded
from mien.errors import CheckpointError, ConfigError, CorruptCheckpointError, UnknownCheckpointError

EXAMPLE = "openai/clip-vit-base-patch32"
"""What a message names."""

MEAN, DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
"""Of the pictures it was trained on, RGB in [0, 1]."""

CONFIG = "config.json"
SAFE = ("model.safetensors", "model-*-of-*.safetensors")
PICKLED = ("pytorch_model.bin", "pytorch_model-*-of-*.bin")
"""Weights; the second kind, of which nothing but tensors is unpickled, where there is none of the first."""

SHAPE = {
    "text_config": ("vocab_size", "max_position_embeddings", "bos_token_id", "eos_token_id", "pad_token_id"),
    "vision_config": ("image_size", "patch_size", "num_channels"),
}
SHARED = (
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "hidden_act",
    "layer_norm_eps",
)
"""All that is taken from a configuration: it may also name code to fetch, other files to load, and number formats."""


@dataclass(frozen=True, eq=False)
class Clip:
    """An image-text network.

    Attributes:
        name: of its folder or file, or its id on the hub.
        files: weights, configuration and tokenizer, as far as they are files.
        place: name of the folder or file.
        model: a ``transformers.CLIPModel``, frozen.
        tokenizer: of the same folder, or one that fits.
    """

    name: str
    files: tuple[Path, ...]
    place: str
    model: Any
    tokenizer: Any

    @property
    def side(self) -> int:
        """Of the pictures it looks at, pixels."""
        return int(self.model.config.vision_config.image_size)

    @property
    def resize(self) -> str:
        """What happens to a picture's size, in words."""
        return f"{self.side} px, bicubic, anti-aliased"

    @cached_property
    def sha256(self) -> str:
        """Of its weights, its configuration and its tokenizer."""
        digest = hashlib.sha256()
        for file in self.files:
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
        return digest.hexdigest()

    @property
    def score_name(self) -> str:
        """What its score is called: "CLIP score" for OpenAI's weights off the hub alone, and always after itself."""
        kind = "CLIP score" if self.name.startswith("openai/clip-vit-") else "image-text score"
        return f"{kind} ({self.name})"

    def of_pictures(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1] -> (B, D) of length 1; differentiable."""
        size = (self.side, self.side)
        resized = F.interpolate(
            pictures.float().to(self.model.device), size, mode="bicubic", antialias=True, align_corners=False
        )
        mean, deviation = (resized.new_tensor(values).view(1, 3, 1, 1) for values in (MEAN, DEVIATION))
        pixels = ((resized.clamp(-1, 1) + 1) / 2 - mean) / deviation
        seen = self.model.vision_model(pixel_values=pixels).pooler_output
        return F.normalize(self.model.visual_projection(seen).float(), dim=-1)

    def of_words(self, texts: Sequence[str]) -> Tensor:
        """Sentences -> (B, D) of length 1; what is longer than the network reads is cut off."""
        longest = int(self.model.config.text_config.max_position_embeddings)
        tokens = self.tokenizer(list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt")
        tokens = {name: tokens[name].to(self.model.device) for name in ("input_ids", "attention_mask")}
        read = self.model.text_model(**tokens).pooler_output
        return F.normalize(self.model.text_projection(read).float(), dim=-1)

    def facts(self) -> dict[str, str]:
        """What a report says about the network."""
        return {"label": self.name, "file": self.place, "sha256": self.sha256, "resize": self.resize}


def load_clip(name: str | Path, device: str | torch.device = "cpu", revision: str | None = None) -> Clip:
    """A CLIP of the user's.

    Weights are read as tensors, in float32, into a network built here once its size is known to be theirs; nothing that
    a folder names is fetched, and no program in a file is run.

    Args:
        name: a folder as ``transformers`` writes it, OpenAI's ``.pt``, FaRL's ``.pth``, or an id of the Hugging Face
            Hub, fetched once.
        device: where to put it.
        revision: on the hub.

    Raises:
        ConfigError: ``transformers`` is not installed, or there is no such device.
        UnknownCheckpointError: there is none of this name, or it is something else.
        UnsafeCheckpointError: a file asks for code.
        CorruptCheckpointError: weights or the tokenizer are missing, damaged, or do not fit each other.
    """
    path = Path(name)
    if path.is_dir():
        check_folder(path)
    else:
        check_uncarded(name, "The CLIP")
    found = (
        _of_file(path) if path.is_file() else _of_folder(path if path.is_dir() else _fetched(str(name), revision), name)
    )
    try:
        found.model.float().eval().requires_grad_(False).to(device)
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(f"Nothing can run on '{device}' here; choose cpu, or a device that is there.") from error
    return found


def _fetched(name: str, revision: str | None) -> Path:
    if not is_identifier(name):
        raise UnknownCheckpointError(
            f"{name} is neither a folder nor a Hugging Face id, nor a file; give a CLIP, such as {EXAMPLE}."
        )
    _config(fetch(name, revision, (CONFIG,)), name)  # before hundreds of megabytes of something else
    folder = fetch(name, revision, (CONFIG, *READ, *SAFE))
    return folder if _weights(folder) else fetch(name, revision, (CONFIG, *READ, *PICKLED))


def _config(folder: Path, name: str) -> dict[str, Any]:
    """Sizes alone, ready for a ``CLIPConfig``."""
    try:
        told = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        # Older files say "text_config_dict", which counts where both are there.
        given = {part: told.get(f"{part}_dict") or told[part] for part in SHAPE}
        parts = {
            part: {key: given[part][key] for key in (*SHARED, *keys) if key in given[part]}
            for part, keys in SHAPE.items()
        }
        length = int(told.get("projection_dim", 512))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        told, parts, length = {}, {}, 0
    if told.get("model_type") != "clip":
        raise UnknownCheckpointError(f"{name} is not a CLIP; give a folder of a CLIPModel, or an id such as {EXAMPLE}.")
    return {**parts, "projection_dim": length}


def _weights(folder: Path) -> list[Path]:
    safe, pickled = (sorted(f for pattern in kind for f in folder.glob(pattern)) for kind in (SAFE, PICKLED))
    return safe or pickled


def _of_folder(folder: Path, name: str | Path) -> Clip:
    config = _config(folder, str(name))
    transformers = _transformers()
    if not has_tokenizer(folder):
        raise CorruptCheckpointError(f"{name} holds no tokenizer (tokenizer.json, or vocab.json and merges.txt).")
    if not _weights(folder):
        raise CorruptCheckpointError(f"{name} holds no weights ({SAFE[0]} or {PICKLED[0]}); fetch it again.")
    with _reading(str(name)):
        shape = transformers.CLIPConfig(**config, attn_implementation="sdpa")
        model = _filled(folder, lambda: transformers.CLIPModel(shape), str(name))
        tokenizer = transformers.CLIPTokenizer.from_pretrained(str(folder), local_files_only=True)
        _check_words(tokenizer, model, str(name))
    others = [folder / file for file in (CONFIG, *READ)]
    files = (*_weights(folder), *(file for file in others if file.is_file()))
    return Clip(folder.resolve().name if Path(name).is_dir() else str(name), files, folder.name, model, tokenizer)


def _of_file(path: Path) -> Clip:
    """OpenAI's or FaRL's weights."""
    transformers = _transformers()
    with _reading(path.name):
        weights: ClipWeights = registry.load(path, "clip")
        shape = transformers.CLIPConfig(**weights.config, attn_implementation="sdpa")
        model = fill(lambda: transformers.CLIPModel(shape), weights.state, path.name)
        words = int(model.config.text_config.vocab_size)
        tokenizer, files = tokenizer_beside(path, words, transformers)
        _check_words(tokenizer, model, path.name)
    return Clip(path.stem, (path, *files), path.name, model, tokenizer)


def _transformers() -> Any:
    try:
        return import_module("transformers")
    except ImportError as error:
        raise ConfigError("Text needs the package 'transformers'; install it with pip install 'mien[text]'.") from error


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Each version of transformers has errors of its own, and so have its parts in Rust."""
    try:
        yield
    except (CheckpointError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        reason = " ".join(str(error).split())[:200]
        raise CorruptCheckpointError(f"{name} cannot be read as a CLIP ({reason}); fetch it again.") from error


def _check_words(tokenizer: Any, model: Any, name: str) -> None:
    if 1 + max(tokenizer.get_vocab().values()) > model.config.text_config.vocab_size:
        raise CorruptCheckpointError(f"The tokenizer of {name} knows more words than its network; fetch both again.")


def _filled(folder: Path, build: Callable[[], Any], name: str) -> Any:
    """The network with the weights of all files; older files hold more: the numbers of the positions."""
    files = [open_file(file, f"{name}/{file.name}") for file in _weights(folder)]
    state = {weight: file for file in files for weight in file.names}
    weights = {weight: file.tensor(weight) for weight, file in state.items()}
    model = build_for(build, weights, name)
    return fill(lambda: model, {weight: weights[weight] for weight in model.state_dict() if weight in weights}, name)
