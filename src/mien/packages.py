"""Packages that a base installation lacks: one sentence that says what to install, before anything slow begins."""

from __future__ import annotations

from importlib.util import find_spec

from mien.errors import ConfigError

NEEDS_TORCH = '{} needs PyTorch; run: pip install "mien[paint]".'


def need_torch(what: str) -> None:
    """Costs nothing: torch is looked for, not imported.

    Args:
        what: needs it; the subject of a sentence.

    Raises:
        ConfigError: torch is not installed.
    """
    if not has_torch():
        raise ConfigError(NEEDS_TORCH.format(what))


def has_torch() -> bool:
    """Whether torch is installed; it is looked for, not imported."""
    try:
        return find_spec("torch") is not None
    except (ImportError, ValueError):
        return False
