"""A grammar of sentences about faces, and a static subword model trained on it: how well that reads, for comparison.

``python -m recipes.words`` trains on 60,000 sentences of the grammar and reads those that were written by hand. Letters
and words are hashed into a table of numbers, which are summed: no order beyond pairs of words.
"""

from __future__ import annotations

import itertools
import random
import re
import zlib

import torch
from torch import Tensor, nn

from mien.words.lexicon import MARKS, PARTS

BUCKETS, SENTENCES, BATCH, PASSES = 1 << 15, 60_000, 64, 2
COLORS = ("red", "blond", "brown", "black", "gray", "white", "blue", "green", "pink", "purple", "auburn", "silver")
STARTS = ("", "", "make", "please make", "give her", "he should have", "with", "a person with", "i want", "change to")
DEGREES = ("", "", "", "a bit", "slightly", "very", "much", "a little", "really")


def wish(rng: random.Random) -> tuple[str, list[str]]:
    """A phrase, and its signed attributes."""
    part = rng.choice(PARTS)
    name, degree = rng.choice(part.words.split()).replace("_", " "), rng.choice(DEGREES)
    kind = rng.random()
    if kind < 0.2:
        signed = rng.choice(list(MARKS))
        word = rng.choice(MARKS[signed].split()).replace("_", " ")
        if rng.random() < 0.25:
            return f"{rng.choice(('not', 'less', 'not so'))} {word}", [_flipped(one) for one in signed.split()]
        return f"{degree} {word}", signed.split()
    if kind < 0.4 and part.there:
        if rng.random() < 0.5:
            return f"{rng.choice(('no', 'remove the', 'without', 'less', 'take off the'))} {name}", [
                _flipped(part.default)
            ]
        return f"{rng.choice(('', 'a', 'add', 'more', 'wearing'))} {name}", [part.default]
    if kind < 0.55 and part.color:
        color = rng.choice(COLORS)
        there = [part.default] if part.there and part.default != "lipstick+" else []
        return rng.choice((f"{color} {name}", f"{name} {color}")), [f"{part.color}+", *there]
    if not part.says:
        return wish(rng)
    signed = rng.choice(list(part.says))
    word = rng.choice(part.says[signed].split()).replace("_", " ")
    if rng.random() < 0.12:
        return f"{name} not so {word}", [_flipped(signed)]
    return rng.choice((f"{degree} {word} {name}", f"the {name} {degree} {word}")), [signed]


def sentence(rng: random.Random) -> tuple[str, list[str]]:
    """One to three wishes, with misspellings."""
    made = [wish(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    text = f"{rng.choice(STARTS)} {rng.choice((', ', ' and ')).join(words for words, _ in made)}"
    if rng.random() < 0.2 and len(text) > 4:
        at = rng.randrange(1, len(text) - 1)
        text = text[:at] + rng.choice((text[at + 1 :], text[at] + text[at:], text[at + 1] + text[at] + text[at + 2 :]))
    return " ".join(text.split()), sorted({one for _, signed in made for one in signed})


def _flipped(signed: str) -> str:
    return signed[:-1] + ("-" if signed.endswith("+") else "+")


def features(text: str) -> list[int]:
    """Buckets of words, pairs of words and three to five letters."""
    words = re.findall(r"[a-z']+|[,;.]", text.lower())
    found = [*words, *(" ".join(pair) for pair in itertools.pairwise(words))]
    found += [f"{word[0]}..{other}" for word, other in zip(words, words[2:], strict=False)]
    for word in words:
        padded = f"<{word}>"
        found += [padded[at : at + size] for size in (3, 4, 5) for at in range(len(padded) - size + 1)]
    return [zlib.crc32(one.encode()) % BUCKETS for one in found]


class Reader(nn.Module):
    """Sums of rows of a table -> logits of signed attributes."""

    def __init__(self, labels: list[str], width: int = 96) -> None:
        super().__init__()
        self.labels = labels
        self.table = nn.EmbeddingBag(BUCKETS, width, mode="sum", sparse=True)
        self.hidden, self.head = nn.Linear(width, 128), nn.Linear(128, len(labels))
        nn.init.normal_(self.table.weight, std=0.05)

    def forward(self, texts: list[str]) -> Tensor:
        """Texts -> (texts, labels)."""
        rows = [features(text) or [0] for text in texts]
        starts = torch.tensor([0, *(len(row) for row in rows[:-1])]).cumsum(0)
        flat = torch.tensor([one for row in rows for one in row])
        logits: Tensor = self.head(torch.relu(self.hidden(torch.relu(self.table(flat, starts)))))
        return logits

    def read(self, text: str) -> set[str]:
        """Signed attributes of a sentence."""
        with torch.no_grad():
            found = self([text])[0] > 0
        return {label for label, one in zip(self.labels, found.tolist(), strict=True) if one}


def train(seed: int = 0) -> Reader:
    """Trains a reader on sentences of the grammar."""
    rng = random.Random(seed)
    torch.manual_seed(seed)
    data = [sentence(rng) for _ in range(SENTENCES)]
    labels = sorted({one for _, signed in data for one in signed})
    index = {label: at for at, label in enumerate(labels)}
    reader = Reader(labels)
    sparse = torch.optim.SparseAdam(list(reader.table.parameters()), 5e-3)
    dense = torch.optim.Adam([*reader.hidden.parameters(), *reader.head.parameters()], 2e-3)
    for start in (at for _ in range(PASSES) for at in range(0, SENTENCES, BATCH)):
        part = data[start : start + BATCH]
        wanted = torch.zeros(len(part), len(labels))
        for row, (_, signed) in enumerate(part):
            wanted[row, [index[one] for one in signed]] = 1
        loss = nn.functional.binary_cross_entropy_with_logits(reader([text for text, _ in part]), wanted) * 50
        sparse.zero_grad()
        dense.zero_grad()
        loss.backward()
        sparse.step()
        dense.step()
    return reader


def main() -> None:
    """Prints the share of sentences that each reader reads right, but for the names of colors."""
    from tests.words.scoring import load, understood

    reader = train()
    rng = random.Random(1)
    own = [sentence(rng) for _ in range(1000)]
    print("grammar, unseen", sum(reader.read(text) == set(signed) for text, signed in own) / len(own))
    rows = load()
    wanted = [{re.sub("=.*", "+", one) for one in row.wishes if one != "skin-tone"} for row in rows]
    for name, read in (
        ("subwords", reader.read),
        ("rules", lambda text: {re.sub("=.*", "+", one) for one in understood(text)[0] if one != "skin-tone"}),
    ):
        print(name, sum(read(row.text) == want for row, want in zip(rows, wanted, strict=True)) / len(rows))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
