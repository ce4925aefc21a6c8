from __future__ import annotations

import pytest

from mien.types import UInt8


@pytest.fixture(scope="session")
def crop(astronaut: UInt8) -> UInt8:
    """(128, 128, 3): the portrait's face."""
    return astronaut[60:188, 160:288]
