"""Files of measuring networks: which of them is known, and by what name."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from mien.checkpoints.foreign.torch_file import ARCHIVE, load_torch_file
from mien.errors import CorruptCheckpointError, UnknownCheckpointError


@dataclass(frozen=True)
class Known:
    """A network that has a name.

    Attributes:
        label: its name.
        resize: what it does to the size of a picture, in words.
        published: metrics that it is the published network of.
    """

    label: str
    resize: str
    published: frozenset[str] = frozenset()


INCEPTION = Known("Inception", "bilinear, anti-aliased, to 299 px", frozenset({"FD", "KID", "U-IDS", "P-IDS"}))
VGG16 = Known("VGG-16", "bilinear, anti-aliased, to 224 px")
ARCFACE = Known("ArcFace", "bilinear, anti-aliased, to 256 px, cut [35:223, 32:220], averaged to 112 px")
MOBILENET = Known("MobileNetV2", "bilinear, anti-aliased, to 224 px")
MOBILEFACE = Known("MobileFace", "bilinear, anti-aliased, to 150 px, cut to 112 px")
LPIPS_ALEX = Known("LPIPS-alex", "none")
LPIPS_SQUEEZE = Known("LPIPS-squeeze", "none")

BY_CHECKSUM: Mapping[str, Known] = {
    "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2": INCEPTION,  # pt_inception-2015-12-05
    "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0": VGG16,  # vgg16-397923af.pth
    "a035c768259b98ab1ce0e646312f48b9e1e218197a0f80ac6765e88f8b6ddf28": ARCFACE,  # model_ir_se50.pth
    "d202af4de3c29dcd259424739cc1ec112df4e70ed629fd26132a5de492ca5f0a": MOBILENET,
    "2dea28b155008d625bef9a0d603ac75483820e987f8dfa44644a80175a3097ea": MOBILEFACE,
    "5640f98966db583efca3fdc101c28ebe5543a2540048f4dc2ec1430303da9e23": LPIPS_ALEX,
    "9e570e0e773a67f682e292f127b4aa63fdcaf44ecb10d2539312282616cd7ea1": LPIPS_SQUEEZE,
    "6dd3dfe955e2d72ac9e9755c51960fdf3315fdc4062e2d6f455fcd66a8258c56": LPIPS_SQUEEZE,
}
"""Networks by the SHA-256 of their file, as their publishers list it."""

UNFIT: Mapping[str, str] = {
    "f58cb9b6ec323ed63459aa4fb441fe750cfe39fafad6da5cb504a16f19e958f4": "is NVIDIA's Inception, which takes other "
    "pictures and resizes without anti-aliasing; give pytorch-fid's pt_inception-2015-12-05-6726825d.pth",
}
"""Files that would run and give wrong figures."""


PICKLE = b"\x80"


def checksum(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits.

    Raises:
        UnknownCheckpointError: it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UnknownCheckpointError(f"{file} cannot be read ({error.strerror}); give a network's file.") from error


def known_file(file: Path, digest: str) -> Known | None:
    """The network of that checksum, if it has a name.

    Raises:
        UnknownCheckpointError: it is known not to do.
    """
    if digest in UNFIT:
        raise UnknownCheckpointError(f"{file.name} {UNFIT[digest]}.")
    return BY_CHECKSUM.get(digest)


def is_script(file: Path) -> bool:
    """Whether a file is a TorchScript archive, which, unlike one of weights, holds code."""
    if not zipfile.is_zipfile(file):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return any("/code/" in name for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise CorruptCheckpointError(f"{file.name} is a damaged archive; fetch the file again.") from error


def load_state(file: Path) -> dict[str, Tensor]:
    """Named tensors out of a safetensors file or one by ``torch.save``; nothing in it is executed.

    Raises:
        UnknownCheckpointError: something else.
        UnsafeCheckpointError: the file asks to execute code.
        CorruptCheckpointError: damaged.
    """
    with file.open("rb") as stream:
        start = stream.read(9)
    if start[8:] == b"{":
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            tensors: dict[str, Tensor] = load_file(file)
            return tensors
        except SafetensorError as error:
            raise CorruptCheckpointError(f"{file.name} is damaged; fetch the file again.") from error
    if not start.startswith((ARCHIVE, PICKLE)):
        raise UnknownCheckpointError(f"{file.name} is not a network; give TorchScript, a state_dict or safetensors.")
    state = load_torch_file(file)
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise UnknownCheckpointError(f"{file.name} is not a list of named weights; give a state_dict or TorchScript.")
    return {str(name).removeprefix("module."): value for name, value in state.items()}
