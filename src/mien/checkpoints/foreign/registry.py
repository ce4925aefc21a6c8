"""All layouts of other programs that can be read: what ``mien import``, evaluation and training go by.

A new layout is one file and one line in :data:`FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mien.checkpoints.foreign.bisenet import is_bisenet, load_bisenet
from mien.checkpoints.foreign.clip import is_clip, load_clip_weights
from mien.checkpoints.foreign.directions import is_bare, load_bare, load_components, load_factor, load_pca
from mien.checkpoints.foreign.encoders import import_encoder, is_encoder
from mien.checkpoints.foreign.entries import Entries, open_file
from mien.checkpoints.foreign.judges import has, is_lpips, load_arcface, load_inception, load_lpips, load_vgg
from mien.checkpoints.foreign.nvidia import import_nvidia, is_nvidia
from mien.checkpoints.foreign.others import REFUSED
from mien.checkpoints.foreign.rosinality import import_rosinality, is_rosinality
from mien.checkpoints.foreign.styles import is_relevance, is_statistics, load_relevance, load_statistics
from mien.errors import UnknownCheckpointError


@dataclass(frozen=True)
class Format:
    """A layout of files.

    Attributes:
        name: of the network, for messages and reports.
        matches: whether a file has this layout, by the names of its weights; the ending of its name does not count.
        load: reads it: an :class:`Imported` for a generator, a list of :class:`Direction`, :class:`ClipWeights` for a
            CLIP, the network for everything else. Takes the file and the name of one of its networks, or that
            directions shall have; None for the usual one.
        kind: "generator", "parser", "judge", "clip", "direction", "relevance" or "statistics".
    """

    name: str
    matches: Callable[[Entries], bool]
    load: Callable[[Entries, str | None], Any]
    kind: str


FORMATS: tuple[Format, ...] = (
    Format("NVIDIA StyleGAN2", is_nvidia, import_nvidia, "generator"),
    Format("e4e or pSp", is_encoder, import_encoder, "generator"),
    Format("rosinality StyleGAN2", is_rosinality, import_rosinality, "generator"),
    Format("BiSeNet", is_bisenet, load_bisenet, "parser"),
    Format("Inception", has("Mixed_7c.branch_pool.conv.weight"), load_inception, "judge"),
    Format("VGG-16", has("features.28.weight", "classifier.3.weight"), load_vgg, "judge"),
    Format("ArcFace", has("body.23.res_layer.5.fc2.weight"), load_arcface, "judge"),
    Format("CLIP or FaRL", is_clip, load_clip_weights, "clip"),
    Format("StyleCLIP's relevance of channels", is_relevance, load_relevance, "relevance"),
    Format("StyleCLIP's statistics of StyleSpace", is_statistics, load_statistics, "statistics"),
    Format("a direction", is_bare, load_bare, "direction"),
    Format("GANSpace", has("lat_comp", "lat_stdev"), load_components, "direction"),
    Format("principal components", has("comp", "std"), load_pca, "direction"),
    Format("SeFa factors", has("eigvec"), load_factor, "direction"),
    Format("LPIPS-squeeze", is_lpips("squeeze"), load_lpips("squeeze"), "judge"),
    Format("LPIPS-alex", is_lpips("alex"), load_lpips("alex"), "judge"),
    Format("LPIPS-vgg", is_lpips("vgg"), load_lpips("vgg"), "judge"),
)

USES = {
    "generator": "import it with 'mien import FILE --out FOLDER'",
    "parser": "give it as --parser",
    "clip": "give it as --clip",
    "relevance": "give it to 'mien directions stylespace' as --relevance, with --text and --clip",
    "statistics": "give it to 'mien directions stylespace' as --statistics",
    "direction": "add it to an editor with 'mien directions import FILE --to FOLDER'",
    "judge": "give it as --features, --perceptual, --identity or --pyramid",
}
"""What files of each kind are for."""


_NOUNS = {kind: f"a {kind}" for kind in USES} | {
    "clip": "a CLIP",
    "relevance": "relevance of channels",
    "statistics": "statistics",
}


def recognise(entries: Entries) -> Format | None:
    """The layout of a file; None if no one here knows it.

    Raises:
        UnknownCheckpointError: a network that is known, but cannot be used; the message names it.
    """
    for name, matches, remedy in REFUSED:
        if matches(entries.names):
            raise UnknownCheckpointError(f"{entries.source} holds {name}; {remedy}.")
    return next((one for one in FORMATS if one.matches(entries)), None)


def load(path: Path, kind: str, network: str | None = None) -> Any:
    """What a file of one kind holds, see :attr:`Format.load`.

    Raises:
        UnknownCheckpointError: missing, another kind, or a layout that is not known.
        UnsafeCheckpointError: it asks for code; nothing was run.
        CorruptCheckpointError: damaged.
    """
    entries = open_file(path)
    found = recognise(entries)
    if found is None:
        known = ", ".join(one.name for one in FORMATS if one.kind == kind)
        raise UnknownCheckpointError(
            f"{path.name} is not {_NOUNS[kind]} of a layout that is known here (it holds {entries.summary()}); give "
            f"{known}."
        )
    if found.kind != kind:
        raise UnknownCheckpointError(f"{path.name} is {found.name}, not {_NOUNS[kind]}; {USES[found.kind]}.")
    return found.load(entries, network)
