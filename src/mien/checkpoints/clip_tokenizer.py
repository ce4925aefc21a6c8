"""The tokenizer of a CLIP: that of its folder, or one beside a file of weights, which holds none."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from mien.checkpoints.hub import fetch
from mien.errors import CorruptCheckpointError, UnknownCheckpointError

READ = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt")
"""What a tokenizer is made of."""

MERGES = "bpe_simple_vocab_16e6.txt.gz"
"""OpenAI's file: pairs of byte-pair encoding, one a line behind a heading; most lines are never used."""

PUBLISHED = "openai/clip-vit-base-patch32"
"""Whose tokenizer all of OpenAI's networks and FaRL share."""

LARGEST = 1 << 24
"""Bytes of text that are unpacked."""

SPECIAL = ("<|startoftext|>", "<|endoftext|>")


def has_tokenizer(folder: Path) -> bool:
    """Whether a folder holds one that ``transformers`` wrote."""
    return (folder / READ[0]).is_file() or all((folder / file).is_file() for file in READ[-2:])


def tokenizer_beside(file: Path, words: int, transformers: Any) -> tuple[Any, list[Path]]:
    """The tokenizer for a file of weights, and the files that it was read from.

    It is looked for beside the file, as ``transformers`` or as OpenAI writes it; else that of OpenAI's networks is
    fetched from the Hugging Face Hub, once.

    Args:
        file: of the weights.
        words: that the network knows.
        transformers: the module.

    Raises:
        UnknownCheckpointError: there is none, and it cannot be fetched.
        CorruptCheckpointError: OpenAI's file is damaged.
    """
    folder = file.parent
    if not has_tokenizer(folder) and (folder / MERGES).is_file():
        return _of_merges(folder / MERGES, words, transformers), [folder / MERGES]
    if not has_tokenizer(folder):
        try:
            folder = fetch(PUBLISHED, None, READ)
        except UnknownCheckpointError as error:
            raise UnknownCheckpointError(
                f"{file.name} holds no tokenizer, and the one of {PUBLISHED} could not be fetched; put its vocab.json "
                f"and merges.txt, or {MERGES}, beside the file."
            ) from error
    found = transformers.CLIPTokenizer.from_pretrained(str(folder), local_files_only=True)
    return found, [folder / name for name in READ if (folder / name).is_file()]


def _of_merges(path: Path, words: int, transformers: Any) -> Any:
    """Bytes, bytes that end a word, merged pairs, and both special words, in this order."""
    try:
        with gzip.open(path) as packed:
            data = packed.read(LARGEST + 1)
        lines = data.decode("utf-8").split("\n")[1 : words - 2 * 256 - len(SPECIAL) + 1]
        pairs = [tuple(line.split()) for line in lines]
        if len(data) > LARGEST or any(len(pair) != 2 for pair in pairs):
            raise ValueError("not pairs")
    except (OSError, EOFError, ValueError) as error:
        raise CorruptCheckpointError(f"{path} holds no pairs of a tokenizer; fetch it again.") from error
    letters = _letters()
    known = [*letters, *(letter + "</w>" for letter in letters), *map("".join, pairs), *SPECIAL]
    return transformers.CLIPTokenizer({word: index for index, word in enumerate(known)}, pairs)


def _letters() -> list[str]:
    """The signs that stand for the 256 bytes: printable ones for themselves, in the order that OpenAI numbers them."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = 256 - len(printable)
    return [chr(code) for code in (*printable, *range(256, 256 + others))]
