"""Licenses are read off model cards; what is not known to be free for commerce can be refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mien.backends.published import Published
from mien.checkpoints.hub import bundled_names
from mien.checkpoints.judges import load_judge
from mien.checkpoints.licences import VARIABLE, licence_of
from mien.checkpoints.store import BUNDLED, load_config
from mien.cli import _general_first
from mien.cli.licences import licences
from mien.doctor.sbom import components, cyclonedx
from mien.errors import ConfigError


def test_every_bundled_card_names_a_licence_that_is_free() -> None:
    assert [name for name in bundled_names() if not licence_of(BUNDLED / name).free] == []
    assert licence_of(BUNDLED / "bank").name == "mit"


@pytest.mark.parametrize(
    ("header", "name", "free"),
    [
        ("license: mit", "mit", True),
        ("license: other\nlicense_name: 'NVIDIA Source Code License'", "NVIDIA Source Code License", False),
        ("license: cc-by-nc-4.0", "cc-by-nc-4.0", False),
        ("tags: [x]", "unknown", False),
    ],
)
def test_headers(header: str, name: str, free: bool, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(f"---\n{header}\n---\n\n# Weights\n")
    assert (licence_of(tmp_path).name, licence_of(tmp_path).free) == (name, free)


def test_only_what_is_free_for_commerce_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "face-parser"
    shutil.copytree(BUNDLED / "face-parser", folder)
    (folder / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n")
    load_config(folder, "face-parser")
    monkeypatch.setenv(VARIABLE, "1")
    load_config(BUNDLED / "face-parser", "face-parser")
    with pytest.raises(ConfigError, match=r"cc-by-nc-4\.0"):
        load_config(folder, "face-parser")
    with pytest.raises(ConfigError, match="no card"):
        load_judge(tmp_path / "identity.pt")


def test_the_document_lists_weights_and_packages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = components()
    document = cyclonedx(found)
    assert document["bomFormat"] == "CycloneDX" and json.loads(json.dumps(document)) == document
    assert cyclonedx(components()) == document, "the same twice"
    names = {one.name for one in found}
    assert {"portrait-editor", "face-parser", "numpy", "pillow", "mien"} <= names
    weights = next(one for one in document["components"] if one["name"] == "portrait-editor")
    assert len(weights["hashes"][0]["content"]) == 64 and weights["licenses"] == [{"license": {"name": "apache-2.0"}}]
    licences(sbom=tmp_path / "sbom.json", as_json=False)
    assert json.loads((tmp_path / "sbom.json").read_text()) == document
    assert "free for commerce" in capsys.readouterr().out


def test_only_what_has_a_licence_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []

    class Hub:
        def create_repo(self, name: str, **how: object) -> None:
            sent.append(name)

        def upload_folder(self, **how: object) -> str:
            sent.append(sorted(path.name for path in Path(str(how["folder_path"])).iterdir()))
            return "there"

    class Toy(Published):
        header = "---\nlicense: mit\n---\n"

        def save_pretrained(self, folder: str | Path) -> None:
            Path(folder, "README.md").write_text(self.header)

    monkeypatch.setattr("huggingface_hub.HfApi", Hub)
    assert Toy().push_to_hub("me/editor") == "there" and sent == ["me/editor", ["README.md"]]
    with pytest.raises(ConfigError, match="owner/name"):
        Toy().push_to_hub("editor")
    Toy.header = "# An editor"
    with pytest.raises(ConfigError, match="names no licence"):
        Toy().push_to_hub("me/editor")


def test_options_of_the_program_may_stand_anywhere() -> None:
    line = ["dye", "a.png", "--engine", "torch", "--commercial-only", "-o", "b.png", "--c2pa=x,y"]
    assert _general_first(line) == [
        "--engine",
        "torch",
        "--commercial-only",
        "--c2pa=x,y",
        "dye",
        "a.png",
        "-o",
        "b.png",
    ]
