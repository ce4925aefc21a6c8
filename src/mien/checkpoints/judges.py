"""Networks that judge, out of files: weights in a published layout, or TorchScript where the user trusts its makers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from mien.checkpoints.foreign.entries import open_file
from mien.checkpoints.foreign.registry import FORMATS, recognise
from mien.checkpoints.licences import check_uncarded
from mien.errors import CorruptCheckpointError, UnknownCheckpointError, UnsafeCheckpointError


@dataclass(frozen=True)
class Known:
    """A network that has a name.

    Attributes:
        label: its name.
        resize: what it does to the size of a picture, in words.
        published: metrics that it is the published network of.
    """

    label: str
    resize: str = "none"
    published: frozenset[str] = frozenset()


INCEPTION = Known("Inception", "bilinear, anti-aliased, to 299 px", frozenset({"FD", "KID", "U-IDS", "P-IDS"}))
VGG16 = Known("VGG-16", "bilinear, anti-aliased, to 224 px")
ARCFACE = Known("ArcFace", "bilinear, anti-aliased, to 256 px, cut [35:223, 32:220], averaged to 112 px")
MOBILENET = Known("MobileNetV2", "bilinear, anti-aliased, to 224 px")
MOBILEFACE = Known("MobileFace", "bilinear, anti-aliased, to 150 px, cut to 112 px")
LPIPS_ALEX, LPIPS_SQUEEZE = Known("LPIPS-alex"), Known("LPIPS-squeeze")

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

RESIZE = {known.label: known.resize for known in (INCEPTION, VGG16, ARCFACE)}

WORDS = {
    "embed": "feature network; give one that turns a batch of pictures into a vector each",
    "distance": "perceptual distance; give one that turns two batches of pictures into a number each",
    "pyramid": "feature pyramid; give one that turns a batch of pictures into maps of several sizes",
}
"""What a network has to do, by the name of the method."""


@dataclass(frozen=True, eq=False)
class Judge:
    """A network that judges.

    Attributes:
        known: its name, and what it does to a picture's size; weights of the user have the name of their file, too:
            "VGG-16[mine]".
        sha256: of the file.
        file: its name.
        network: the module, frozen, in evaluation mode.
        program: whether it is TorchScript, of which nothing is known but that it runs.
    """

    known: Known
    sha256: str
    file: str
    network: Any
    program: bool = False

    def method(self, use: str) -> Callable[..., Any]:
        """A function of the network.

        Args:
            use: "embed", "distance" or "pyramid", see :mod:`mien.models.judges`.

        Raises:
            UnknownCheckpointError: it has none.
        """
        found: Callable[..., Any] | None = self.network if self.program else getattr(self.network, use, None)
        if found is None:
            raise self.unfit(use)
        return found

    def unfit(self, use: str) -> UnknownCheckpointError:
        """The error for a network that cannot do this."""
        return UnknownCheckpointError(f"{self.file} is not a {WORDS[use]}.")


def load_judge(path: Path, device: torch.device | None = None, *, trust_code: bool = False) -> Judge:
    """A network that judges, out of a file.

    Weights in a layout of :data:`mien.checkpoints.foreign.registry.FORMATS` are read as weights, also where they lie
    in a TorchScript file: nothing is run. Any other TorchScript file is a program that runs when it is used.

    Args:
        path: safetensors, a state dict by ``torch.save``, or TorchScript.
        device: where to put it; the CPU if None.
        trust_code: whether a program in the file may be run.

    Raises:
        UnknownCheckpointError: missing, or another layout.
        UnsafeCheckpointError: it is a program, and ``trust_code`` is not set, or it asks for other code.
        CorruptCheckpointError: damaged.
    """
    check_uncarded(path, "The network")
    entries = open_file(path)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest in UNFIT:
        raise UnknownCheckpointError(f"{path.name} {UNFIT[digest]}.")
    known, layout = BY_CHECKSUM.get(digest), recognise(entries)
    place = device or torch.device("cpu")
    if layout is None and entries.content.script:
        network = load_script(path, place, trust_code=trust_code)
        return Judge(known or Known(path.stem, "as the network itself does"), digest, path.name, network, True)
    if layout is None or layout.kind != "judge":
        names = ", ".join(one.name for one in FORMATS if one.kind == "judge")
        held = entries.summary() if layout is None else layout.name
        raise UnknownCheckpointError(
            f"{path.name} holds no judging network that is known here ({held}); give {names}, or TorchScript."
        )
    network = layout.load(entries, None).to(place)
    named = Known(f"{layout.name}[{path.stem}]", RESIZE.get(layout.name, "none"))
    return Judge(known or named, digest, path.name, network)


def load_script(path: Path, device: torch.device, *, trust_code: bool = False) -> torch.jit.ScriptModule:
    """A TorchScript network, in evaluation mode, no gradients for its weights. Its program runs from now on.

    Raises:
        UnsafeCheckpointError: ``trust_code`` is not set.
        CorruptCheckpointError: it cannot be read.
    """
    if not trust_code:
        raise UnsafeCheckpointError(
            f"{path.name} is a TorchScript program, which runs as code; add --trust-code (trust_code=True) if you "
            "trust its makers, or give the weights in a layout that is known."
        )
    try:
        network: torch.jit.ScriptModule = torch.jit.load(str(path), map_location=device)  # type: ignore[no-untyped-call]
    except (RuntimeError, ValueError) as error:
        raise CorruptCheckpointError(f"{path} cannot be read as TorchScript; fetch or export it again.") from error
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    return network.eval()
