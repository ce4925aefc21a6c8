"""``mien import``: takes in weights that other programs wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.console import print_json, stderr


def import_(
    file: Annotated[Path, typer.Argument(help="A StyleGAN2 generator (NVIDIA's, rosinality's), or e4e, pSp.")],
    out: Annotated[Path, typer.Option(help="Folder to write: weights, configuration, model card.")],
    network: Annotated[
        str | None, typer.Option(help="Network in the file, such as G; else the averaged one. Or e4e, psp.")
    ] = None,
    licence: Annotated[str, typer.Option("--licence", "--license", help="For the model card.")] = "unknown",
    half: Annotated[bool, typer.Option("--half", help="Store weights as float16: half the size.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take in a generator of another program, with its encoder of photos if it has one; nothing in the file is run.

    What it is, is found out from its content. Other networks need no import: the message says which option takes them.
    """
    from mien.checkpoints.hub import check_weights_file
    from mien.files import check_folder_target

    check_weights_file(file)
    check_folder_target(out, "--out")
    from mien.checkpoints.encoder import save_encoder
    from mien.checkpoints.foreign import registry
    from mien.checkpoints.generator import model_card, save_generator

    imported = registry.load(file, "generator", network)
    config, remarks = imported.generator.config, list(imported.remarks)
    card = model_card(imported.generator, f"{imported.layout}, file {file.name}", licence, imported.remarks)
    if wide := save_generator(out, imported.generator, card, half=half):
        remarks.append(f"Too large for float16, and so stored as float32: {', '.join(wide)}.")
    if imported.encoder is not None:
        remarks.append("With it, an encoder of photos: 'mien directions show NAME --face PHOTO' uses it.")
        save_encoder(out, imported.encoder, card, half=half)
    if as_json:
        print_json({"folder": str(out), "layout": imported.layout, "remarks": remarks, **config.to_dict()})
        return
    lines = [f"{imported.layout}: {config.resolution} px, {config.codes} codes of {config.w_dim}.", *remarks]
    if licence == "unknown":
        lines.append("Its licence is not in the file; find it out and put it into the model card (--licence).")
    stderr().print("\n".join([*lines, f"Saved in {out}."]), highlight=False, soft_wrap=True)
