"""Networks that are recognized in order to say why they cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence

STYLEGAN1 = ("g_mapping.", "g_synthesis.", "progression.", "adain", "epi1", "synthesis.lod", "synthesis.layer0.")


def _any_of(*hints: str) -> Callable[[Sequence[str]], bool]:
    return lambda names: any(f".{hint}" in f".{name}" for name in names for hint in hints)


def _stylegan1(names: Sequence[str]) -> bool:
    return any(hint in name for name in names for hint in STYLEGAN1)


REFUSED: tuple[tuple[str, Callable[[Sequence[str]], bool], str], ...] = (
    (
        "a StyleGAN3 network, which has no W+ layers of the kind edited here",
        _any_of("synthesis.input.", "synthesis.L0_"),
        "give a StyleGAN2 network (for faces: stylegan2-ffhq-1024x1024.pkl)",
    ),
    (
        "LPIPS's heads without the network under them",
        lambda names: "lin0.model.1.weight" in names and not any("features" in n or "slice" in n for n in names),
        "give the state dict of the whole lpips.LPIPS(...)",
    ),
    ("a StyleGAN1 network", _stylegan1, "give a StyleGAN2 network instead"),
)
"""What it is called, how its weights' names tell, and what to do instead."""
