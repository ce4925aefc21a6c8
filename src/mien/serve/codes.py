"""Code files of ``mien invert`` over HTTP: faces that they draw or start from, and codes of generated faces.

A file is safetensors of at most :data:`MOST` bytes; nothing in it is run, and the generator that it names is not looked
for: it has to be a bundled one's. Weights that lie beside a file at home stay there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

from mien.checkpoints.codes import ENDING, note_of_origin, read_facts, w_plus_of
from mien.errors import CheckpointError, ConfigError
from mien.serve.faults import ApiError
from mien.serve.pictures import png
from mien.serve.schema import GenerateBody
from mien.serve.service import Service
from mien.types import Float32

if TYPE_CHECKING:
    from mien.generation.generator import Generated, MultimodalGenerator

T = TypeVar("T")

KIND = "application/x-safetensors"
"""Content type of a code file."""

MOST = 1_000_000
"""Bytes of a code file; those of 18 codes of 512 numbers are 37,000."""

BUNDLED = ("portrait-generator", "portrait-editor")
"""Whose codes are drawn."""

GENERATOR = "portrait-generator"
"""That of the bundled mapping network."""

LEFT_OUT = "the codes alone are used; the tuned weights that lay beside the file are left out"


def picture_of(data: bytes) -> bytes:
    """The face that a code file draws, as PNG.

    Raises:
        ApiError: it is too large, no code file, or of another generator.
        ConfigError: PyTorch is missing.
    """
    return _from_file(data, _drawn)


def coded(service: Service, body: GenerateBody, data: bytes | None) -> dict[str, Any]:
    """A face by the mapping network, from a code file or from nothing, moved by words: the answer in JSON.

    Args:
        service: keeps the network.
        body: what was asked for; attributes are refused.
        data: the code file's bytes.

    Raises:
        ApiError, ConfigError: as above, or codes of a generator of another size.
    """
    if body.attributes:
        raise ApiError("validation", "attributes: faces of codes are moved by words; say it in text.", "attributes")
    start, notes = None, list[str]()
    if data is not None:
        start, tuned, other = _from_file(data, _parts)
        notes = [note for note in (LEFT_OUT if tuned else "", other) if note]
    make = mapping_of(service)
    made = make(text=body.text or None, seed=body.seed, start=start, descend=0)
    pixels = made.pictures[0].pixels
    told = {"png": png(pixels), "width": pixels.shape[1], "height": pixels.shape[0], "seed": body.seed}
    return {**told, "notes": [*notes, *made.notes], **({"code": _as_file(made, make)} if body.codes else {})}


def _parts(path: Path) -> tuple[Float32, bool, str]:
    """Codes (L, C), whether weights belong to them, and a note where they are of another generator."""
    return w_plus_of(path), bool(read_facts(path).get("tuned")), note_of_origin(path, GENERATOR)


def mapping_of(service: Service) -> MultimodalGenerator:
    """The bundled mapping network; loaded once."""
    if "mapping" not in service.shared:
        from mien.generation.generator import MultimodalGenerator

        service.shared["mapping"] = MultimodalGenerator.from_pretrained()
    found: MultimodalGenerator = service.shared["mapping"]
    return found


def _from_file(data: bytes, read: Callable[[Path], T]) -> T:
    """What is read of a file with these bytes; errors as above."""
    if len(data) > MOST:
        raise ApiError(
            "too_large", f"The code file has more than {MOST / 1e6:.0f} MB; 'mien invert' writes less.", "code"
        )
    with TemporaryDirectory(prefix="mien-") as folder:
        path = Path(folder) / f"code{ENDING}"
        path.write_bytes(data)
        try:
            return read(path)
        except CheckpointError as error:
            raise ApiError("validation", str(error), "code") from error


def _drawn(path: Path) -> bytes:
    from mien.packages import need_torch

    facts = read_facts(path)
    if facts.get("tuned"):
        told = "The weights beside this code file cannot be sent; invert with a method that has none: encoder."
        raise ApiError("validation", told, "code")
    w_plus_of(path)
    need_torch("The face of a code file")
    from mien.inversion.photo import CodeReader

    for name in BUNDLED:
        try:
            return png(CodeReader(name).picture(path))
        except ConfigError:  # of the other one, perhaps
            continue
    raise ApiError(
        "validation", "The code file is of a generator that is not bundled; the server draws no others.", "code"
    )


def _as_file(made: Generated, make: MultimodalGenerator) -> bytes:
    """The codes of the first face as a code file.

    Raises:
        ConfigError: PyTorch is missing, which tells whose codes they are.
    """
    from mien.packages import need_torch

    need_torch("A code file")
    from mien.inversion.photo import save_generated

    with TemporaryDirectory(prefix="mien-") as folder:
        path = Path(folder) / f"code{ENDING}"
        save_generated(path, made.codes[0], make.source)
        return path.read_bytes()
