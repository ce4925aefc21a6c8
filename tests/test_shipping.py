"""What is shipped: the wheel's contents, and the container's steps, which are run here without a container."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    told: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return told


def test_extras_that_messages_name_are_there(project: dict[str, object]) -> None:
    named: set[str] = set()
    for path in [*(ROOT / "src").rglob("*.py"), *ROOT.glob("docs/*.md"), ROOT / "README.md"]:
        for found in re.findall(r"mien\[([a-z0-9,]+)\]", path.read_text(encoding="utf-8")):
            named |= set(found.split(","))
    assert named - {"extra"} <= set(project["optional-dependencies"])  # type: ignore[call-overload]


def test_torch_is_an_extra(project: dict[str, object]) -> None:
    assert not [one for one in project["dependencies"] if re.match("torch|transformers|ray|fsspec", one)]  # type: ignore[attr-defined]


def test_the_container_needs_nothing_but_the_wheel() -> None:
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY") and "--from" not in line]
    assert copied == [["dist/*.whl"]]
    assert (ROOT / ".containerignore").read_text().split() == ["*", "!dist/*.whl"]
    assert [line for line in lines if line.startswith("USER")] == ["USER mien"], "not as root"
    assert 'ENTRYPOINT ["mien"]' in lines
