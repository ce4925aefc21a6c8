"""``mien export``: writes weights for other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mien.cli.console import stderr

export = typer.Typer(help="Write weights for other programs.", no_args_is_help=True)


class Layout(StrEnum):
    """What can be written."""

    ROSINALITY = "rosinality"
    ONNX = "onnx"
    ONNX_FROM_Z = "onnx-z"


@export.callback()
def verbs() -> None:
    """Write weights for other programs."""


@export.command()
def generator(
    weights: Annotated[str, typer.Argument(help="Folder, bundled name or Hugging Face id.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    layout: Annotated[
        Layout | None,
        typer.Option(
            help="rosinality; onnx: W+ and noise to picture; onnx-z: z, psi and noise. Default: as --out ends."
        ),
    ] = None,
) -> None:
    """Write a StyleGAN2 generator in a layout that other programs read."""
    from mien.checkpoints.hub import find_folder
    from mien.errors import ConfigError
    from mien.files import check_targets

    endings = {".pt": Layout.ROSINALITY, ".pth": Layout.ROSINALITY, ".onnx": Layout.ONNX}
    usual = endings.get(out.suffix.lower())
    layout = layout or usual
    if layout is None:
        raise ConfigError(f"{out.name} ends neither in .pt nor in .onnx; name it so, or say which --layout to write.")
    if usual is not None and layout.value[:4] != usual.value[:4]:
        raise ConfigError(f"{out.name} is not a name for the layout {layout.value}; change one of the two.")
    check_targets([out])
    folder = find_folder(weights)
    from mien.checkpoints.foreign.rosinality import export_rosinality
    from mien.checkpoints.generator import load_generator
    from mien.checkpoints.onnx_export import export_onnx

    network = load_generator(folder)
    if layout is Layout.ROSINALITY:
        export_rosinality(network, out)
        if network.config.clamp is not None:
            remark = f"The layout has no clamp; activations beyond ±{network.config.clamp:g} will differ."
            stderr().print(remark, highlight=False, soft_wrap=True)
    else:
        export_onnx(network, out, "z" if layout is Layout.ONNX_FROM_Z else "w+")
    stderr().print(f"Saved {out}.", highlight=False, soft_wrap=True)
