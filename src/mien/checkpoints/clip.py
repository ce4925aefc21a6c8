"""CLIP (Radford et al., 2021): pictures and words as vectors of one space. A ``CLIPModel`` folder with its tokenizer.

Legend: B batch, D length of a vector.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.checkpoints.hub import fetch, is_identifier
from mien.errors import ConfigError, CorruptCheckpointError, UnknownCheckpointError

EXAMPLE = "openai/clip-vit-base-patch32"
"""What a message names."""

MEAN, DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
"""Of the pictures it was trained on, RGB in [0, 1]."""

SAFE, PICKLED = "*.safetensors", "pytorch_model.bin"
"""Weights; the second kind, which is read without unpickling anything but tensors, where there is none of the first."""

_NEEDED = ("*.json", "*.txt", "*.md")


@dataclass(frozen=True, eq=False)
class Clip:
    """An image-text network.

    Attributes:
        name: of its folder, or its id on the hub.
        folder: where it lies.
        model: a ``transformers.CLIPModel``, frozen.
        tokenizer: of the same folder.
    """

    name: str
    folder: Path
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
        """Of its weights."""
        digest = hashlib.sha256()
        for file in _weights(self.folder):
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
        resized = F.interpolate(pictures.float(), size, mode="bicubic", antialias=True, align_corners=False)
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
        return {"label": self.name, "file": self.folder.name, "sha256": self.sha256, "resize": self.resize}


def load_clip(name: str | Path, device: str | torch.device = "cpu", revision: str | None = None) -> Clip:
    """A CLIP of the user's: a folder as ``transformers`` writes it, or an id of the Hugging Face Hub, fetched once.

    Raises:
        ConfigError: ``transformers`` is not installed.
        UnknownCheckpointError: there is none of this name, or it is something else.
        CorruptCheckpointError: weights are missing or of the wrong shape.
    """
    folder = Path(name)
    if not folder.is_dir():
        folder = _fetched(str(name), revision)
    try:
        kind = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError):
        kind = None
    if kind != "clip":
        raise UnknownCheckpointError(f"{name} is not a CLIP; give a folder of a CLIPModel, or an id such as {EXAMPLE}.")
    model, tokenizer = _read(folder, str(name))
    model.eval().requires_grad_(False).to(device)
    return Clip(folder.name if Path(name).is_dir() else str(name), folder, model, tokenizer)


def _fetched(name: str, revision: str | None) -> Path:
    if not is_identifier(name):
        raise UnknownCheckpointError(
            f"{name} is neither a folder nor a Hugging Face id; give a CLIP, such as {EXAMPLE}."
        )
    folder = fetch(name, revision, (*_NEEDED, SAFE))
    return folder if any(folder.glob(SAFE)) else fetch(name, revision, (*_NEEDED, PICKLED))


def _weights(folder: Path) -> list[Path]:
    return sorted(folder.glob(SAFE)) or sorted(folder.glob(PICKLED))


def _read(folder: Path, name: str) -> tuple[Any, Any]:
    """The network and its tokenizer; nothing is fetched, nothing in the folder is executed."""
    try:
        transformers: Any = import_module("transformers")
    except ImportError as error:
        raise ConfigError("Text needs the package 'transformers'; install it with pip install 'mien[text]'.") from error
    if not _weights(folder):
        raise CorruptCheckpointError(f"{name} holds no weights ({SAFE} or {PICKLED}); fetch it again.")
    logging, local = transformers.utils.logging, {"local_files_only": True}
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        tokenizer = transformers.CLIPTokenizer.from_pretrained(str(folder), **local)
        model, told = transformers.CLIPModel.from_pretrained(str(folder), output_loading_info=True, **local)
    except Exception as error:  # each format, and each version of transformers, has errors of its own
        reason = " ".join(str(error).split())[:200]
        raise CorruptCheckpointError(f"{name} cannot be read as a CLIP ({reason}); fetch it again.") from error
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
    lost = sorted(map(str, [*told["missing_keys"], *told["mismatched_keys"]]))
    if lost:
        raise CorruptCheckpointError(f"{name} does not fit its layout: {lost[0]} is missing; fetch it again.")
    return model, tokenizer
