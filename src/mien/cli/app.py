"""The Typer application. Nothing heavy is imported until a verb runs, and no verb but the one that is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer

from mien._version import __version__

VERBS: Mapping[str, str] = {
    "conditions": "conditions:conditions",
    "dye": "dye:dye",
    "reshape": "reshape:reshape",
    "borrow": "borrow:borrow",
    "heal": "heal:heal",
    "attributes": "attributes:attributes",
    "edit": "edit:edit",
    "apply": "apply:apply",
    "batch": "batch:batch",
    "read": "read:read",
    "faces": "faces:faces",
    "find": "find:find",
    "mask": "mask:mask",
    "paste": "paste:paste",
    "sample": "sample:sample",
    "generate": "generate:generate",
    "invert": "invert:invert",
    "serve": "serve:serve",
    "doctor": "doctor:doctor",
    "licences": "licences:licences",
    "session": "session:session",
    "train": "train:train",
    "data": "data:data",
    "evaluate": "evaluate_protocol:evaluate",
    "import": "import_:import_",
    "directions": "directions:directions",
    "export": "export:export",
}
"""By name, in the order of the help page: where the verb, or the group of verbs, is."""

HELP = "Multimodal local face editing that leaves every pixel you did not touch exactly as it was."
EPILOG = (
    "Exit codes: 0 done, 1 unexpected, 2 wrong options, 3 photo, 4 face, 5 layer or mask, 6 weights, 7 saving, "
    "8 data, 9 settings, 10 session, 11 not good enough, 12 server, 130 interrupted. --debug anywhere: a traceback."
)


def application(verb: str | None = None) -> typer.Typer:
    """The command line.

    Args:
        verb: that is asked for; None, or a name that is no verb, takes all of them.
    """
    made = typer.Typer(
        name="mien",
        help=HELP,
        epilog=EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(root)
    for name in [verb] if verb in VERBS else VERBS:
        module, _, attribute = VERBS[str(name)].partition(":")
        found = getattr(import_module(f"mien.cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            made.add_typer(found, name=name)
        else:
            made.command(name)(found)
    return made


def __getattr__(name: str) -> Any:
    """``app`` is the whole of it."""
    if name == "app":
        return application()
    raise AttributeError(name)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"mien {__version__}")
        raise typer.Exit


def _engine(name: str | None) -> None:
    if name is not None:
        os.environ["MIEN_ENGINE"] = name


def _commercial(wanted: bool) -> None:
    if wanted:
        os.environ["MIEN_COMMERCIAL_ONLY"] = "1"


def _signed(files: str | None) -> None:
    if files is not None:
        os.environ["MIEN_C2PA"] = files


def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error (anywhere on the line)."),
    engine: str = typer.Option(
        None,
        "--engine",
        callback=_engine,
        help="What runs networks: onnx, torch, torch:compile, onnx:cuda ... (anywhere on the line).",
    ),
    commercial_only: bool = typer.Option(
        False, "--commercial-only", callback=_commercial, help="Refuse weights not known to be free for commerce."
    ),
    c2pa: str = typer.Option(
        None, "--c2pa", callback=_signed, help="Sign results: CERTIFICATES.pem,KEY.pem (docs/shipping.md)."
    ),
) -> None:
    """Multimodal local face editing that leaves every pixel you did not touch exactly as it was."""
