"""``mien data``: prepares sets of pictures for training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import print_json, progress
from mien.cli.selection import TrustCode

if TYPE_CHECKING:
    from mien.data.outliers import Features
    from mien.types import Float32, UInt8

data = typer.Typer(help="Prepare sets of pictures.", no_args_is_help=True)

Source = Annotated[Path, typer.Argument(help="A folder of pictures, a prepared set, .tar shards or a packed set.")]
Split = Annotated[str, typer.Option(help="Of a prepared set: train, val or test.")]
Drop = Annotated[Path | None, typer.Option(help="List of names to leave out ('mien data filter' makes it).")]


@data.command()
def pack(
    source: Source,
    out: Annotated[Path, typer.Option(help="The file to write, *.safetensors.")],
    size: Annotated[int, typer.Option(min=16, max=2048, help="Side in pixels.")] = 128,
    quality: Annotated[int, typer.Option(min=1, max=100, help="JPEG quality (4:4:4).")] = 95,
    limit: Annotated[int, typer.Option(help="Largest file in MiB; 0 for no limit.")] = 60,
    split: Split = "train",
    drop: Drop = None,
) -> None:
    """Put a whole set into one small file at the training size, to carry or to start faster."""
    from mien.data import find_pictures, write_packed
    from mien.data.sources import read_names

    pictures = find_pictures(source, split=split, drop=read_names(drop))
    written = write_packed(pictures, size, out, quality=quality, limit=limit << 20 or None)
    print_json({"file": out.name, "pictures": len(pictures), "size": size, "bytes": written})


@data.command("filter")
def filter_outliers(
    source: Source,
    out: Annotated[Path, typer.Option(help="Folder for drop.txt, scores.csv and dropped.png.")],
    features: Annotated[Path, typer.Option(help="Network that turns pictures into vectors, e.g. Inception.")],
    size: Annotated[int, typer.Option(min=16, max=2048, help="Side at which the features see pictures.")] = 224,
    neighbours: Annotated[int, typer.Option(min=1, help="How many neighbours a picture is compared with.")] = 8,
    deviations: Annotated[
        float,
        typer.Option(help="Robust standard deviations above the median to drop; look at the sheet: rare is not wrong."),
    ] = 4.0,
    most: Annotated[float, typer.Option(help="Never drop more than this fraction.")] = 0.1,
    split: Split = "train",
    trust_code: TrustCode = False,
) -> None:
    """List the pictures that do not resemble the rest of the set, with a contact sheet of them; nothing is deleted."""
    from mien.data import find_pictures
    from mien.data.outliers import collect_features, find_outliers, write_verdict

    pictures = find_pictures(source, split=split)
    vectors = collect_features(pictures, _features(features, trust_code), size)
    verdict = find_outliers(vectors, neighbours=neighbours, deviations=deviations, most=most)
    write_verdict(pictures, verdict, out)
    print_json({"pictures": len(pictures), "dropped": len(verdict.dropped), "threshold": round(verdict.threshold, 4)})


@data.command()
def sample(
    out: Annotated[Path, typer.Option(help="Folder for the pairs; what is there is kept, so that it can go on.")],
    count: Annotated[int, typer.Option(min=1, help="Pairs in all.")] = 20_000,
    generator: Annotated[str, typer.Option(help="Folder, bundled name or Hugging Face id.")] = "portrait-generator",
    first: Annotated[int, typer.Option(min=0, help="Seed of the first; test with others.")] = 1_000_000,
    psi: Annotated[tuple[float, float], typer.Option(help="Truncation is drawn between these.")] = (0.6, 1.0),
    clip: Annotated[str | None, typer.Option(help="Words shall be vectors of this CLIP, not the reader's.")] = None,
) -> None:
    """Sample pairs from a generator: codes, and what is to be seen in their pictures; for 'mien train mapping'."""
    from mien.checkpoints.hub import find_folder
    from mien.checkpoints.store import load_config
    from mien.engine.faces import KIND, load_maker
    from mien.errors import ConfigError
    from mien.generation.pairs import Looker, clip_embedding, write_pairs

    if not 0 <= psi[0] <= psi[1]:
        raise ConfigError(
            f"The truncation cannot be drawn between {psi[0]:g} and {psi[1]:g}; give the lower one first."
        )
    folder = find_folder(generator)
    sha256, maker = str(load_config(folder, KIND).get("sha256", "")), load_maker(folder)
    look = Looker(embed=None if clip is None else clip_embedding(clip))
    with progress() as bar:
        task = bar.add_task("pairs", total=count)
        write_pairs(
            maker,
            look,
            out,
            count,
            generator=generator,
            sha256=sha256,
            first=first,
            psi=psi,
            done=lambda number: bar.update(task, completed=number),
        )
    print_json({"folder": str(out), "pairs": count, "generator": generator})


def _features(file: Path, trust_code: bool) -> Features:
    import torch

    from mien.checkpoints.judges import load_judge
    from mien.pixels import to_tensor

    network = load_judge(file, trust_code=trust_code).method("embed")

    @torch.no_grad()
    def features(pictures: UInt8) -> Float32:
        vectors: Float32 = network(to_tensor(pictures)).float().flatten(1).numpy()
        return vectors

    return features
