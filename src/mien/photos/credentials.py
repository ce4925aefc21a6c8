"""Content credentials (C2PA): a signed manifest in the file that says it was edited, and what was done. Opt-in.

Pixels stay as they are: nothing is drawn into a picture, and receipts are of the signed file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mien._version import __version__
from mien.errors import ConfigError, SaveError
from mien.files import atomic_path

VARIABLE = "MIEN_C2PA"
"""In the environment: certificates and private key, two PEM files with a comma between; ``mien --c2pa`` sets it."""

PAINTED, EDITED = (
    f"http://cv.iptc.org/newscodes/digitalsourcetype/{name}"
    for name in ("compositeWithTrainedAlgorithmicMedia", "humanEdits")
)
"""What IPTC calls a photo of which a network painted parts, and one whose pixels were moved, dyed or healed."""

PARENT = "xmp:iid:original"

TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"} | {
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".avif": "image/avif",
}
"""By the ending of files that can hold a manifest."""


def wanted() -> bool:
    """Whether results are to be signed."""
    return bool(os.environ.get(VARIABLE))


def sign(path: Path, original: Path | None, operations: Sequence[str]) -> None:
    """Adds a manifest to a file that was saved; the file is replaced whole.

    Args:
        path: of the file.
        original: the photo that was edited, named in the manifest as its parent; None where it has no file.
        operations: what was done, in words.

    Raises:
        ConfigError: c2pa-python is not installed, or certificates or key cannot be used.
        SaveError: such a file cannot hold a manifest.
    """
    kind = TYPES.get(path.suffix.lower())
    if kind is None:
        raise SaveError(f"{path} cannot hold content credentials; save as PNG, JPEG, WebP, TIFF or AVIF.")
    certificates, key = _files()
    try:
        import c2pa
    except ImportError as error:
        raise ConfigError('Content credentials need c2pa-python; run: pip install "mien[c2pa]".') from error
    try:
        # A stamp of the time would need a server: whoever wants one signs again with a tool that asks one.
        signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", certificates, key, None))
        # Without small pictures: nobody who gets the result need see what the photo was before.
        context = c2pa.Context(c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}}))
        parent = None if original is None else TYPES.get(original.suffix.lower())
        told = json.dumps(manifest(path.name, operations, opened=parent is not None))
        with c2pa.Builder(told, context) as builder:
            if original is not None and parent is not None:
                with original.open("rb") as stream:
                    before = {"title": original.name, "relationship": "parentOf", "instance_id": PARENT}
                    builder.add_ingredient(json.dumps(before), parent, stream)
            with atomic_path(path.resolve()) as target, path.open("rb") as source, target.open("w+b") as sink:
                builder.sign(signer, kind, source, sink)
    except c2pa.C2paError as error:
        raise ConfigError(f"Content credentials cannot be made ({' '.join(str(error).split())[:160]}).") from error


def manifest(title: str, operations: Sequence[str], *, opened: bool) -> dict[str, Any]:
    """What is signed; ``opened`` says whether the photo before goes in as its parent."""
    painted = any(" px by " in one for one in operations)
    edited = {
        "action": "c2pa.edited",
        "softwareAgent": {"name": "mien", "version": __version__},
        "digitalSourceType": PAINTED if painted else EDITED,
        "parameters": {"description": "; ".join(operations)},
    }
    first = {"action": "c2pa.opened", "parameters": {"ingredientIds": [PARENT]}}
    actions = [first, edited] if opened else [edited]
    return {
        "claim_generator_info": [{"name": "mien", "version": __version__}],
        "title": title,
        "assertions": [{"label": "c2pa.actions", "data": {"actions": actions}}],
    }


def _files() -> tuple[bytes, bytes]:
    names = os.environ[VARIABLE].split(",")
    try:
        certificates, key = (Path(name.strip()).read_bytes() for name in names)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{VARIABLE} is '{','.join(names)}'; give two PEM files that can be read, CERTIFICATES.pem,KEY.pem."
        ) from error
    return certificates, key
