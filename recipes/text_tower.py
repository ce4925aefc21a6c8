"""The text tower: ``python -m recipes.text_tower --wordnet package/dict --out src/mien/bundled/text-tower``.

Taught by sentences of the grammar (:mod:`recipes.words`) as the rules read them, with misspellings and with words of
:mod:`recipes.wordnet` in place of the lexicon's; by single words of both; and by common words that say nothing.
``--check`` alone measures the bundled one.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from mien.checkpoints.store import BUNDLED, save_folder
from mien.finding.tower import KIND, TextTower, features
from mien.words.lexicon import ATTRIBUTES
from mien.words.vocabulary import comparatives, kinds
from recipes.wordnet import WordNet, said, words
from recipes.words import wish

BUCKETS, WIDTH, BATCH = 4096, 32, 256
NAMES = tuple(name for name in ATTRIBUTES if not name.endswith("-color"))
LEAST = 0.22
"""Evidence below which a word of WordNet is left out."""

COMMON = 3
"""Times that a word was tagged in texts from which on it may stand for words that say nothing."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"

Says = Mapping[str, float]


def misspelt(rng: random.Random, text: str, times: int) -> str:
    """Letters lost, doubled, exchanged, or replaced; the first one of the text stays."""
    for _ in range(times):
        if len(text) < 4:
            return text
        at, kind = rng.randrange(1, len(text) - 1), rng.randrange(4)
        made = (text[at + 1 :], text[at] + text[at:], text[at + 1] + text[at] + text[at + 2 :])
        text = text[:at] + (made[kind] if kind < 3 else rng.choice(LETTERS) + text[at + 1 :])
    return text


class Texts:
    """What the tower is taught by."""

    def __init__(self, net: WordNet, rng: random.Random) -> None:
        self.rng = rng
        self.said: dict[str, tuple[Says, float]] = {}
        for word in (*kinds(), *comparatives()):
            if says := dict(said(word.replace("_", " "))):
                self.said[word.replace("_", " ")] = says, 1.0
        self.lexicon = list(self.said)
        for word, (says, sure) in words(net).items():
            if sure >= LEAST and "_" not in word and set(says) <= {*NAMES}:
                self.said[word.replace("-", " ")] = says, sure
        self.further = [word for word in self.said if word not in set(self.lexicon)]
        common = [w for w, n in net.tags.items() if n >= COMMON and w.isalpha() and w not in kinds()]
        self.nothing = [word for word in common if word not in self.said]
        by_mark: dict[tuple[tuple[str, float], ...], list[str]] = {}
        for word in self.further:
            by_mark.setdefault(_key(self.said[word][0]), []).append(word)
        self.same = {word: by_mark.get(_key(self.said[word][0]), []) for word in self.lexicon}

    def sentence(self) -> tuple[str, Says, float]:
        """A sentence, degrees and how much it counts."""
        rng = self.rng
        text = rng.choice((", ", " and ", " with ")).join(wish(rng)[0] for _ in range(rng.choice((1, 1, 1, 2, 3))))
        says = dict(said(" ".join(text.split())))
        parts = text.split()
        for at, word in enumerate(parts):
            if self.same.get(word) and rng.random() < 0.4:
                parts[at] = rng.choice(self.same[word])
        if rng.random() < 0.3:
            parts.insert(rng.randrange(len(parts) + 1), rng.choice(self.nothing))
        return misspelt(rng, " ".join(parts), rng.choice((0, 0, 1, 2))), says, 1.0

    def word(self) -> tuple[str, Says, float]:
        """A word of the lexicon or beyond it."""
        word = self.rng.choice(self.lexicon if self.rng.random() < 0.35 else self.further)
        says, sure = self.said[word]
        return misspelt(self.rng, word, self.rng.choice((0, 0, 0, 1, 1, 2))), says, sure

    def other(self) -> tuple[str, Says, float]:
        """A word that says nothing."""
        return misspelt(self.rng, self.rng.choice(self.nothing), self.rng.choice((0, 0, 0, 1))), {}, 1.0

    def batch(self) -> list[tuple[str, Says, float]]:
        """Of all kinds."""
        makers = self.rng.choices((self.sentence, self.word, self.other), (0.3, 0.4, 0.3), k=BATCH)
        return [make() for make in makers]


def _key(says: Says) -> tuple[tuple[str, float], ...]:
    return tuple(sorted((name, float(np.sign(value))) for name, value in says.items()))


class Tower(nn.Module):
    """As :class:`mien.finding.tower.TextTower`, for training."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(BUCKETS, WIDTH, mode="sum")
        self.weights = nn.EmbeddingBag(BUCKETS, 1, mode="sum")
        self.head = nn.Linear(WIDTH, 2 * len(NAMES))
        nn.init.normal_(self.table.weight, std=0.3)
        nn.init.zeros_(self.weights.weight)

    def forward(self, rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Rows of each text -> logits and degrees, (texts, A) each."""
        starts = torch.tensor([0, *(len(row) for row in rows[:-1])]).cumsum(0)
        flat = torch.tensor([one for row in rows for one in row])
        a = torch.exp(self.weights.weight[flat, 0])
        total = torch.zeros(len(rows)).index_add(0, torch.bucketize(torch.arange(len(flat)), starts, right=True) - 1, a)
        h = nn.functional.embedding_bag(flat, self.table.weight, starts, mode="sum", per_sample_weights=a)
        logits, degrees = self.head(h / (total + 1)[:, None]).chunk(2, dim=1)
        return logits, degrees

    def state(self) -> dict[str, Tensor]:
        """What is stored."""
        head = torch.cat([self.head.weight, self.head.bias[:, None]], 1).detach()
        spoken, degrees = (one.contiguous() for one in head.chunk(2))
        weights = self.weights.weight.detach()[:, 0].exp()
        return {"table": self.table.weight.detach(), "weights": weights, "spoken": spoken, "degrees": degrees}


def train(texts: Texts, steps: int) -> Tower:
    """Binary cross entropy of what is spoken of, squares of degrees where it is."""
    tower = Tower()
    descent = torch.optim.Adam(tower.parameters(), 0.02)
    falls = torch.optim.lr_scheduler.OneCycleLR(descent, 0.03, steps, pct_start=0.1)
    place = {name: at for at, name in enumerate(NAMES)}
    for step in range(steps):
        data = texts.batch()
        wanted, there = torch.zeros(BATCH, len(NAMES)), torch.zeros(BATCH, len(NAMES))
        for row, (_, says, _) in enumerate(data):
            for name, degree in says.items():
                if name in place:
                    wanted[row, place[name]], there[row, place[name]] = degree, 1
        sure = torch.tensor([one[2] for one in data])[:, None]
        logits, degrees = tower([features(text, BUCKETS) for text, _, _ in data])
        spoken = nn.functional.binary_cross_entropy_with_logits(logits, there, reduction="none")
        loss = ((spoken + 0.5 * there * (degrees - wanted) ** 2) * sure).sum(1).mean()
        descent.zero_grad()
        loss.backward()
        descent.step()
        falls.step()
        if step % 250 == 0:
            print(step, round(float(loss.detach()), 3), flush=True)
    return tower


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path)
    parser.add_argument("--out", type=Path, default=BUNDLED / KIND)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--check", action="store_true", help="measure alone")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if not options.check:
        texts = Texts(WordNet.load(options.wordnet), random.Random(0))
        print(len(texts.lexicon), "words of the lexicon,", len(texts.further), "beyond,", len(texts.nothing), "others")
        tower = train(texts, options.steps)
        card = (Path(__file__).parent / "cards" / f"{KIND}.md").read_text(encoding="utf-8")
        save_folder(options.out, tower.state(), {"kind": KIND, "names": list(NAMES)}, card)
    from recipes.text_tower_check import report

    report(TextTower.load(options.out))


if __name__ == "__main__":
    main()
