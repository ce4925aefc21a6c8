"""``mien import``: takes in weights that other programs wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.console import print_json, stderr

import_ = typer.Typer(
    help="Take in weights of other programs; nothing stored in them is executed.", no_args_is_help=True
)


@import_.callback()
def verbs() -> None:
    """Take in weights of other programs; nothing stored in them is executed."""


@import_.command()
def generator(
    file: Annotated[Path, typer.Argument(help="NVIDIA StyleGAN2 .pkl (PyTorch) or rosinality .pt.")],
    out: Annotated[Path, typer.Option(help="Folder to write: weights, configuration, model card.")],
    network: Annotated[
        str | None, typer.Option(help="Network in the file, e.g. G; the averaged generator if not given.")
    ] = None,
    licence: Annotated[str, typer.Option("--licence", "--license", help="For the model card.")] = "unknown",
    half: Annotated[bool, typer.Option("--half", help="Store weights as float16: half the size.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Convert a StyleGAN2 generator; the layout is recognised by the file's content, not by its ending."""
    from mien.checkpoints.foreign.recognise import import_generator
    from mien.checkpoints.generator import model_card, save_generator

    imported = import_generator(file, network)
    config = imported.generator.config
    card = model_card(imported.generator, f"{imported.layout}, file {file.name}", licence, imported.remarks)
    save_generator(out, imported.generator, card, half=half)
    if as_json:
        print_json({"folder": str(out), "layout": imported.layout, "remarks": imported.remarks, **config.to_dict()})
        return
    lines = [f"{imported.layout}: {config.resolution} px, {config.codes} codes of {config.w_dim}.", *imported.remarks]
    if licence == "unknown":
        lines.append("Its licence is not in the file; find it out and put it into the model card (--licence).")
    stderr().print("\n".join([*lines, f"Saved in {out}."]), highlight=False, soft_wrap=True)
