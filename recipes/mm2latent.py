"""How the bundled mapping network was trained: on what the bundled generator makes, without photos.

    python -m recipes.mm2latent train --out runs/mm2latent [--pairs 15000] [--perceptual lpips.pt --identity id.pt]
        [--generator FOLDER] [--autoencoders 60000]
    python -m recipes.mm2latent cost [--generator FOLDER | --preset ffhq-1024]
    python -m recipes.mm2latent bundle --run runs/mm2latent/words/mapping --figures FIGURES.json --out FOLDER \
        --pairs 15000 --shown 444928 --minutes 105
    python -m recipes.mm2latent ablation --out runs/mm2latent [--perceptual lpips.pt --identity id.pt]
        [--forms one pictures]

``--generator`` takes any StyleGAN2 that ``mien import`` wrote; ``cost`` tells before how long it takes on this machine,
out of a few pairs and steps, and docs/generation.md what it told where.

Three runs, each from the one before: codes alone; then with words of other faces and their judge; then longer. The
bundled network's first run saw 10,000 of the pairs. Its first two were made before drawings limited the words of
others (the judge's weights were 0.5, then 1.5 of words, 3 of maps, 1 of shapes that a sketch or mesh shows); of its
third the first 100,000 pairs had 3, 3 and 1, with a rate that fell from 0.0007 over them. With networks that judge
pictures a fourth follows, which the bundled one has not seen.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mien.checkpoints.generator import KIND, load_generator
from mien.checkpoints.hub import find_folder
from mien.checkpoints.mm2latent import load_mapping, save_mapping
from mien.checkpoints.store import load_config
from mien.data.pairs import load_facts
from mien.engine.faces import BUNDLED_GENERATOR, load_maker
from mien.generation.pairs import Looker, write_pairs
from mien.models.mm2latent.config import SPATIAL
from mien.models.mm2latent.mapping import build_mapping
from mien.models.stylegan2 import PRESETS, Generator
from mien.training.settings import DataConfig, LoopConfig
from mien.training.stages.latent_runs import AutoencoderConfig, AutoencoderRun, MappingRun, MappingStageConfig
from mien.training.stages.running import train
from recipes.graphs import export_mapping
from recipes.mm2latent_cost import print_cost

CENTRES = 12
"""Of the bundled network, the largest clusters: the file is to be small."""

CODES = MappingStageConfig(batch=64, pictures=0, mixed=0.0, consistency=0.0)
MIXED = replace(CODES, mixed=0.5, consistency=1.0, decay=150_000)
WORDS = replace(MIXED, decay=180_000, adam=replace(MIXED.adam, lr=7e-4))
LOOKS = replace(MIXED, pictures=4, decay=0, adam=replace(MIXED.adam, lr=2e-5))

STAGES = (("codes", CODES), ("mixed", MIXED), ("words", WORDS), ("looks", LOOKS))

ABLATION = {
    "pair": replace(CODES, form="pair", fixed=True),
    "one": CODES,
    "judged": MIXED,
    "plus": replace(CODES, plus=True),
    "pictures": replace(CODES, pictures=4),
}
"""The paper's form for one pair without null tokens, ours, ours with words of others, ours to W+, ours with LPIPS and
identity of four pictures a step (where networks for these are given)."""

CARD = """---
license: apache-2.0
library_name: mien
tags: [stylegan2, mm2latent]
---

# Multimodal mapping

Words, a semantic map, a sketch, a 3D shape and a pose, in any combination -> a code of the bundled portrait generator,
128 px. The networks are ours, after MM2Latent (Meng et al., 2024); nothing of its weights is in here.
`docs/generation.md` says how it is used.

- **Recipe**: `recipes/mm2latent.py`: {pairs:,} pairs, {shown:,} shown, {minutes} minutes of a shared core.
- **Data**: pictures of the bundled generator alone, labelled by the bundled parser, landmarks and face reader.
  The photos behind these are named, with their licences, in the cards of `portrait-generator`, `face-parser`,
  `face-landmarks` and `face-reader`; that of `face-parser` tells of a teacher whose training data are non-commercial.
- **Licence**: Apache-2.0, as the rest of mien.
- **Limits**: those of the generator: frontal adults in formal dress, mostly white; beards, hats and children hardly
  occur. Words are numbers of a reader: what it cannot tell (curls, freckles, jewellery) is not heard. Where a map and
  words contradict each other, the map is followed more. Presentation is what a picture shows, nothing else.

## Measured

`python -m benchmarks.generation --model multimodal-mapping --teachers WEIGHTS`; conditions are those of faces that were
not trained on:

{table}
"""


def make(
    out: Path,
    pairs: int,
    perceptual: Path | None,
    identity: Path | None,
    images: tuple[int, ...],
    generator: str,
    coded: int = 0,
) -> None:
    """All runs; each goes on where it was stopped. Encoders start from autoencoders that saw ``coded`` pairs; 0: from
    nothing, as the bundled network's did."""
    data, folder = DataConfig(out / "pairs"), find_folder(generator)
    sha256 = str(load_config(folder, KIND).get("sha256", ""))
    write_pairs(load_maker(folder), Looker(), data.path, pairs, generator=generator, sha256=sha256)
    started = autoencoders(data, out, coded) if coded else {}
    before: Path | None = None
    for (name, stage), count in zip(STAGES, images, strict=True):
        if name == "looks" and perceptual is None:
            continue
        judges: dict[str, Any] = {"perceptual": perceptual, "identity": identity, "trust_code": True}
        more: dict[str, Any] = (judges if name == "looks" else {}) | (started if before is None else {})
        run = MappingRun(data, stage, LoopConfig(images=count), init=before, generator=generator, **more)
        train(run, out / name, device="cpu", resume=True)
        before = out / name / "mapping"


def autoencoders(data: DataConfig, out: Path, images: int) -> dict[str, Any]:
    """Their folders by modality, after so many pairs."""
    for name in SPATIAL:
        run = AutoencoderRun(data, AutoencoderConfig(name), LoopConfig(images=images))
        train(run, out / name, device="cpu", resume=True)
    return {name: out / name / "autoencoder" for name in SPATIAL}


def ablate(out: Path, images: int, perceptual: Path | None, identity: Path | None, forms: Sequence[str]) -> None:
    """The same number of pairs shown to each form, from the same autoencoders (16,000 pairs); compare the results with
    ``python -m benchmarks.generation --quick``."""
    data = DataConfig(out / "pairs")
    started = autoencoders(data, out, 16_000)
    for name in forms:
        stage = ABLATION[name]
        if stage.pictures and perceptual is None:
            continue
        named: Any = {**started, "generator": load_facts(data.path)["generator"]}
        named |= {"perceptual": perceptual, "identity": identity, "trust_code": True} if stage.pictures else {}
        run = MappingRun(data, replace(stage, decay=images), LoopConfig(images=images), **named)
        train(run, out / name, device="cpu", resume=True)


def bundle(run: Path, figures: Path, out: Path, facts: dict[str, int]) -> None:
    """The network with fewer centers, its card and its graph."""
    network, text, _ = load_mapping(run)
    small = build_mapping(replace(network.config, centres=CENTRES))
    small.load_state_dict({**network.state_dict(), "centres": network.centres[:CENTRES]})
    card = CARD.format(table=table_of(json.loads(figures.read_text(encoding="utf-8"))), **facts)
    save_mapping(out, small, text, BUNDLED_GENERATOR.name, card, {"progress": facts})
    export_mapping(out)


def table_of(figures: dict[str, Any]) -> str:
    """The card's tables."""
    rows = [
        "| given | mIoU | sketch F1 | mesh error, % of the crop | yaw error, degrees |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name in ("random", "nothing", "semantic", "sketch", "geometry", "pose", "text", "semantic+text"):
        row = figures["subsets"][name]
        rows.append(f"| {name} | " + " | ".join(f"{row[key]:.3g}" for key in ("mIoU", "F1", "mesh", "yaw")) + " |")
    for kind, title in (("agreeing", "sentences beside maps that they do not contradict"), ("text", "beside any maps")):
        rows += ["", f"| {title} | wishes right | clearly right | mIoU |", "| --- | --- | --- | --- |"]
        for name in ("random", "text", "semantic", "semantic+text"):
            row = figures[kind][name]
            share = f"{row['mIoU']:.3g}" if "mIoU" in row else "–"
            told = f"{row['wishes']:.3g} | {row['wishes, clearly']:.3g} | {share}"
            rows.append(f"| {name} | {told} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    first, last = verbs.add_parser("train"), verbs.add_parser("bundle")
    first.add_argument("--out", type=Path, required=True)
    first.add_argument("--generator", default=BUNDLED_GENERATOR.name, help="folder, bundled name or Hugging Face id")
    first.add_argument("--pairs", type=int, default=15_000)
    first.add_argument("--autoencoders", type=int, default=0, metavar="IMAGES", help="pairs shown to each; 0: none")
    first.add_argument("--images", type=int, nargs=4, default=(124_000, 141_000, 180_000, 10_000))
    for name in ("--run", "--figures", "--out"):
        last.add_argument(name, type=Path, required=True)
    for name in ("--pairs", "--shown", "--minutes"):
        last.add_argument(name, type=int, required=True)
    forms = verbs.add_parser("ablation")
    forms.add_argument("--out", type=Path, required=True, help="where train wrote pairs/")
    forms.add_argument("--images", type=int, default=40_000)
    forms.add_argument("--forms", nargs="+", choices=tuple(ABLATION), default=tuple(ABLATION))
    for name in ("--perceptual", "--identity"):
        for verb in (first, forms):
            verb.add_argument(name, type=Path)
    price = verbs.add_parser("cost")
    price.add_argument("--generator", default=BUNDLED_GENERATOR.name, help="folder, bundled name or Hugging Face id")
    price.add_argument("--preset", choices=tuple(PRESETS), help="instead: random weights of such a generator")
    o = parser.parse_args()
    if o.verb == "cost":
        print_cost(load_generator(o.generator) if o.preset is None else Generator(PRESETS[o.preset]()))
    elif o.verb == "train":
        make(o.out, o.pairs, o.perceptual, o.identity, tuple(o.images), o.generator, o.autoencoders)
    elif o.verb == "ablation":
        ablate(o.out, o.images, o.perceptual, o.identity, o.forms)
    else:
        bundle(o.run, o.figures, o.out, {"pairs": o.pairs, "shown": o.shown, "minutes": o.minutes})


if __name__ == "__main__":
    main()
