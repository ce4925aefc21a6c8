"""BiSeNet's face-parsing weights (``79999_iter.pth``): a bare state dict.

Keys are ``cp.{resnet,arm16,arm32,conv_head16,conv_head32,conv_avg}``, ``ffm``, ``conv_out``; the auxiliary heads
``conv_out16`` and ``conv_out32`` are dropped by name.
"""

from __future__ import annotations

from mien.checkpoints.filling import fill
from mien.checkpoints.foreign.entries import Entries
from mien.models.perception.bisenet import BiSeNet, BiSeNetConfig

AUXILIARY = ("conv_out16.", "conv_out32.")
_WIDTH, _CONTEXT, _CLASSES = "cp.resnet.conv1.weight", "cp.conv_avg.conv.weight", "conv_out.conv_out.weight"


def is_bisenet(entries: Entries) -> bool:
    """Whether a file holds such a parser."""
    return all(name in entries for name in (_WIDTH, _CONTEXT, _CLASSES))


def load_bisenet(entries: Entries, network: str | None = None) -> BiSeNet:
    """The network in evaluation mode; its widths are read off the weights. Labels come in the face-parsing order.

    Raises:
        CorruptCheckpointError: tensors are missing or of the wrong shape.
    """
    state = {name: value for name, value in entries.tensors().items() if not name.startswith(AUXILIARY)}
    width, context, classes = (max(1, *state[key].shape[:1]) for key in (_WIDTH, _CONTEXT, _CLASSES))
    return fill(lambda: BiSeNet(BiSeNetConfig(classes=classes, width=width, context=context)), state, entries.source)
