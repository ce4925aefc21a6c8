"""What critics see of a picture: differentiable augmentations, so that a small set is not learned by heart."""

from __future__ import annotations

from collections.abc import Callable

from mien.errors import ConfigError
from mien.training.augment.ada import AdaPipe
from mien.training.augment.adaptive import AdaptiveStrength
from mien.training.augment.base import Augmentation, NoAugmentation
from mien.training.augment.diffaugment import DiffAugment
from mien.training.augment.diffusion import DiffusionNoise

AUGMENTATIONS: dict[str, Callable[[], Augmentation]] = {
    "none": NoAugmentation,
    "ada": AdaPipe,
    "color": lambda: DiffAugment(translation=0.0),
    "translation": lambda: DiffAugment(color=False),
    "diffaugment": DiffAugment,
    "diffaugment-cutout": lambda: DiffAugment(cutout=0.5),
    "diffusion": DiffusionNoise,
}


def augmentation(name: str) -> Augmentation:
    """The augmentation of that name.

    Raises:
        ConfigError: there is none.
    """
    if name not in AUGMENTATIONS:
        raise ConfigError(f"There is no augmentation {name!r}; choose one of {', '.join(AUGMENTATIONS)}.")
    return AUGMENTATIONS[name]()


__all__ = [
    "AUGMENTATIONS",
    "AdaPipe",
    "AdaptiveStrength",
    "Augmentation",
    "DiffAugment",
    "DiffusionNoise",
    "NoAugmentation",
    "augmentation",
]
