"""The Typer application: registers the verbs. Nothing heavy is imported until a verb runs."""

from __future__ import annotations

import os

import typer

from mien._version import __version__
from mien.cli import (
    apply,
    attributes,
    batch,
    borrow,
    conditions,
    data,
    directions,
    doctor,
    dye,
    edit,
    evaluate_protocol,
    export,
    faces,
    find,
    heal,
    import_,
    licences,
    mask,
    paste,
    read,
    reshape,
    sample,
    serve,
    session,
    train,
)

app = typer.Typer(
    name="mien",
    help="Multimodal local face editing that leaves every pixel you did not touch exactly as it was.",
    epilog="Exit codes: 0 done, 1 unexpected, 2 wrong options, 3 photo, 4 face, 5 layer or mask, 6 weights, 7 saving, "
    "8 data, 9 settings, 10 session, 11 not good enough, 12 server, 130 interrupted. --debug anywhere: a traceback.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("conditions")(conditions.conditions)
app.command("dye")(dye.dye)
app.command("reshape")(reshape.reshape)
app.command("borrow")(borrow.borrow)
app.command("heal")(heal.heal)
app.command("attributes")(attributes.attributes)
app.command("edit")(edit.edit)
app.command("apply")(apply.apply)
app.command("batch")(batch.batch)
app.command("read")(read.read)
app.command("faces")(faces.faces)
app.command("find")(find.find)
app.command("mask")(mask.mask)
app.command("paste")(paste.paste)
app.command("sample")(sample.sample)
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)
app.command("licences")(licences.licences)
app.add_typer(session.session, name="session")
app.add_typer(train.train, name="train")
app.add_typer(data.data, name="data")
app.add_typer(evaluate_protocol.evaluate, name="evaluate")
app.command("import")(import_.import_)
app.add_typer(directions.directions, name="directions")
app.add_typer(export.export, name="export")


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


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error (anywhere on the line)."),
    engine: str = typer.Option(
        None,
        "--engine",
        callback=_engine,
        help="What runs networks: onnx, torch, onnx:cuda ... (anywhere on the line).",
    ),
    commercial_only: bool = typer.Option(
        False, "--commercial-only", callback=_commercial, help="Refuse weights not known to be free for commerce."
    ),
    c2pa: str = typer.Option(
        None, "--c2pa", callback=_signed, help="Sign results: CERTIFICATES.pem,KEY.pem (docs/shipping.md)."
    ),
) -> None:
    """Multimodal local face editing that leaves every pixel you did not touch exactly as it was."""
