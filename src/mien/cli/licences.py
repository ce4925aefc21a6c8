"""``mien licences``: what mien consists of here, and under which terms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from mien.cli.console import print_json, print_table, remark


def licences(
    *,
    sbom: Annotated[Path | None, typer.Option(help="Write a CycloneDX document (JSON), too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the CycloneDX document.")] = False,
) -> None:
    """List the weights that come with mien and the packages that it uses, with their licenses."""
    from mien.doctor.sbom import components, cyclonedx
    from mien.files import atomic_path, check_targets

    check_targets([sbom])
    found = components()
    if sbom is not None:
        with atomic_path(sbom) as path:
            path.write_text(json.dumps(cyclonedx(found), indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json(cyclonedx(found))
        return
    words = {True: "free for commerce", False: "not known to be free for commerce", None: ""}
    kinds = {"library": "package", "machine-learning-model": "weights"}
    rows = [(one.name, one.version, kinds[one.kind], one.licence, words[one.free]) for one in found]
    print_table("", ("name", "version", "what", "licence", "commerce"), rows)
    for one in found:
        for sentence in one.remarks:
            remark(f"{one.name}: its card says: {sentence}")
