"""``mien data``: prepares sets of pictures for training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import print_json
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
