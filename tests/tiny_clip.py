"""A CLIP of the published layout, a few thousand weights: what its scores say is meaningless, how it is used is not."""

from __future__ import annotations

import json
from pathlib import Path

import torch


def write_clip(folder: Path) -> Path:
    """Writes a ``CLIPModel`` for pictures of 32 px and its tokenizer, which knows single letters."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPConfig, CLIPModel
    from transformers.utils import logging

    letters = sorted(ByteLevel.alphabet())
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 77}))
    narrow = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    last = len(words) - 1
    ends = {"bos_token_id": last - 1, "eos_token_id": last, "pad_token_id": last}
    text = {**narrow, **ends, "vocab_size": len(words), "max_position_embeddings": 77}
    config = CLIPConfig(
        text_config=text, vision_config={**narrow, "image_size": 32, "patch_size": 8}, projection_dim=16
    )
    torch.manual_seed(0)
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    CLIPModel(config).save_pretrained(folder)
    if shown:
        logging.enable_progress_bar()
    return folder
