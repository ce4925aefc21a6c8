"""A text-conditioned mapper for a generator, trained by the bundled face reader: words in, codes out.

    python -m recipes.mapper train --generator FOLDER --out runs/mapper [--images 20000] [--identity NETWORK.pt]
    python -m recipes.mapper show --generator FOLDER --mapper runs/mapper --text "a big smile" --out strip.png

Training draws random faces of the generator and wishes for one to three attributes; the reader, whose weights stay,
tells what pictures before and after look like. Losses: the asked numbers change by as many deviations as was asked for,
the others by none (weight 0.3), codes by little (0.1), and, with a network of identity, 1 − cosine (0.3). What the
reader was taught by judges nothing: measure with other networks (``show --judge``).

``train`` writes the mapper, and beside it directions for the generator: what it adds to the mean face for one degree of
each attribute.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

from mien.checkpoints.directions import Direction, add_directions
from mien.checkpoints.judges import load_script
from mien.checkpoints.perception import load_reader
from mien.checkpoints.shapes import load_pair
from mien.checkpoints.store import BUNDLED, load_config
from mien.directions.faces import PSI, pictures_of
from mien.finding.axes import NUMBERS, PRESENT
from mien.models.mapper import MapperConfig, TextMapper
from mien.models.perception.reader import ReaderNet
from mien.models.stylegan2 import Generator, codes_of_seeds
from mien.training.options import seconds
from mien.words.reader import read

HELD, SMALL, SAME = 0.3, 0.1, 0.3
"""Weights of the losses: other numbers, length in codes, identity."""

STRONGEST = 2.0
"""Degree."""

FIRST = 10_000_000
"""Seed of the first face that is trained on."""


def asked_numbers(names: list[str]) -> tuple[tuple[str, ...], Tensor]:
    """Attributes that words can ask for and the reader's numbers tell, and (A, K) what each is made of, of length 1."""
    rows = {}
    for attribute, weights in NUMBERS.items():
        if set(weights) <= set(names) - PRESENT:
            row = torch.zeros(len(names))
            for name, weight in weights.items():
                row[names.index(name)] = weight
            rows[attribute] = row / row.norm()
    return tuple(rows), torch.stack(list(rows.values()))


def degrees_of(text: str, attributes: tuple[str, ...]) -> Tensor:
    """(1, A): what a sentence asks for; what the mapper does not know is left out."""
    found = torch.zeros(1, len(attributes))
    for wish in read(text).wishes:
        if wish.attribute in attributes:
            found[0, attributes.index(wish.attribute)] = wish.degree
    return found


def wishes(count: int, attributes: int, rng: torch.Generator) -> Tensor:
    """(count, A): one to three degrees each, in ±[0.3, 2]."""
    order = torch.rand(count, attributes, generator=rng).argsort(1)
    chosen = order < torch.randint(1, 4, (count, 1), generator=rng)
    size = 0.3 + (STRONGEST - 0.3) * torch.rand(count, attributes, generator=rng)
    sign = torch.where(torch.rand(count, attributes, generator=rng) < 0.5, -1.0, 1.0)
    return chosen * size * sign


def loss_of(before: Tensor, after: Tensor, degrees: Tensor, basis: Tensor, added: Tensor) -> Tensor:
    """The losses but identity's.

    Args:
        before, after: (B, K) the reader's numbers.
        degrees: (B, A).
        basis: (A, K).
        added: (B, L, C).
    """
    change = after - before
    asked = degrees != 0
    told = change @ basis.T
    wanted = (F.smooth_l1_loss(told, degrees, reduction="none") * asked).sum() / asked.sum().clamp_min(1)
    meant = (asked.float() @ basis.abs()) > 0
    held = (F.smooth_l1_loss(change, torch.zeros_like(change), reduction="none") * ~meant).mean()
    return wanted + HELD * held + SMALL * added.square().mean()


def train(
    generator: Generator,
    reader: ReaderNet,
    basis: Tensor,
    mapper: TextMapper,
    *,
    images: int,
    batch: int = 16,
    rate: float = 1e-3,
    identity: torch.nn.Module | None = None,
    limit: float = float("inf"),
) -> list[float]:
    """Trains a mapper in place and returns the losses of its steps.

    Args:
        generator, reader, identity: stay as they are.
        basis: (A, K), of :func:`asked_numbers`.
        mapper: for the generator, of A attributes.
        images: faces that are edited.
        batch, rate: of Adam; the rate falls to 0 along a cosine.
        identity: aligned faces in [-1, 1] -> vectors of length 1.
        limit: seconds.
    """
    rng, start = torch.Generator().manual_seed(0), time.time()
    adam = torch.optim.Adam(mapper.parameters(), rate, betas=(0.9, 0.99))
    losses: list[float] = []
    for step in range(-(-images // batch)):
        done = max(step * batch / images, (time.time() - start) / limit)
        if done >= 1:
            break
        for group in adam.param_groups:
            group["lr"] = rate * (0.5 + 0.5 * math.cos(math.pi * done))
        seeds = range(FIRST + step * batch, FIRST + (step + 1) * batch)
        degrees = wishes(batch, len(basis), rng)
        with torch.no_grad():
            codes = generator.truncated(codes_of_seeds(seeds, generator.config.z_dim), psi=PSI)
            pictures = generator.synthesis(codes, "const")
            before = reader(_seen(pictures, reader))
        added = mapper(codes, degrees)
        edited = generator.synthesis(codes + added, "const")
        loss = loss_of(before, reader(_seen(edited, reader)), degrees, basis, added)
        if identity is not None:
            loss = loss + SAME * (1 - F.cosine_similarity(identity(edited), identity(pictures).detach())).mean()
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(mapper.parameters(), 1.0)
        adam.step()
        losses.append(float(loss.detach()))
        if step % 50 == 0:
            print(f"{(step + 1) * batch} images, loss {np.mean(losses[-50:]):.3f}", flush=True)
    return losses


def _seen(pictures: Tensor, reader: ReaderNet) -> Tensor:
    side = (reader.config.size,) * 2
    return pictures if pictures.shape[2:] == side else F.interpolate(pictures, side, mode="area")


@torch.no_grad()
def measured(generator: Generator, judge: torch.nn.Module, mapper: TextMapper, degrees: Tensor, faces: int) -> Tensor:
    """(faces, 2, ...): what another network tells of unseen faces before and after, its first answer."""
    codes = generator.truncated(codes_of_seeds(range(faces), generator.config.z_dim), psi=PSI)
    both = (codes, codes + mapper(codes, degrees.expand(faces, -1)))
    told = [judge(generator.synthesis(one, "const")) for one in both]
    return torch.stack([one[0] if isinstance(one, tuple) else one for one in told], 1)


def load_mapper(folder: Path) -> TextMapper:
    """What ``train`` wrote."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    mapper = TextMapper(MapperConfig(**{**config, "attributes": tuple(config["attributes"])}))
    mapper.load_state_dict(load_file(folder / "model.safetensors"))
    return mapper.eval()


def _trained(options: argparse.Namespace) -> None:
    generator, reader = load_pair(options.generator).generator, load_reader().requires_grad_(False)
    attributes, basis = asked_numbers(list(load_config(BUNDLED / "face-reader", "face-reader")["names"]))
    torch.manual_seed(0)
    mapper = TextMapper(MapperConfig(attributes, generator.config.codes, generator.config.w_dim))
    cpu = torch.device("cpu")
    identity = None if options.identity is None else load_script(options.identity, cpu, trust_code=True)
    losses = train(generator, reader, basis, mapper, images=options.images, identity=identity, limit=options.time_limit)
    options.out.mkdir(parents=True, exist_ok=True)
    save_file(mapper.state_dict(), options.out / "model.safetensors")
    (options.out / "config.json").write_text(json.dumps(asdict(mapper.config)), encoding="utf-8")
    with torch.no_grad():
        mean = generator.mapping.w_avg.expand(len(attributes), generator.config.codes, -1)
        added = mapper(mean, torch.eye(len(attributes)))
    source = f"text-conditioned mapper, {16 * len(losses)} images"
    found = [Direction(name, row, source=source) for name, row in zip(attributes, added, strict=True)]
    add_directions(options.out, found, generator.config)


def _shown(options: argparse.Namespace) -> None:
    generator, mapper = load_pair(options.generator).generator, load_mapper(options.mapper)
    degrees = degrees_of(options.text, mapper.config.attributes)
    with torch.no_grad():
        codes = generator.truncated(codes_of_seeds(range(options.faces), generator.config.z_dim), psi=PSI)
        edited = codes + mapper(codes, degrees.expand(options.faces, -1))
    rows = [np.hstack(list(pictures_of(generator, one))) for one in (codes, edited)]
    Image.fromarray(np.vstack(rows)).save(options.out)
    if options.judge is not None:
        judge = load_script(options.judge, torch.device("cpu"), trust_code=True)
        told = measured(generator, judge, mapper, degrees, 64)
        change = (told[:, 1] - told[:, 0]).reshape(64, -1)
        print("mean change", change.mean(0).numpy().round(3), "share that grows", (change > 0).float().mean(0).numpy())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    one = verbs.add_parser("train")
    one.add_argument("--images", type=int, default=20000)
    one.add_argument("--time-limit", type=seconds, default=1e9)
    one.add_argument("--identity", type=Path)
    one.set_defaults(run=_trained)
    two = verbs.add_parser("show")
    two.add_argument("--mapper", type=Path, required=True)
    two.add_argument("--text", required=True)
    two.add_argument("--faces", type=int, default=8)
    two.add_argument("--judge", type=Path)
    two.set_defaults(run=_shown)
    for verb in (one, two):
        verb.add_argument("--generator", type=Path, default=BUNDLED / "portrait-generator")
        verb.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.run(options)


if __name__ == "__main__":
    main()
