"""Painted faces of 64 px, a parser that knows their colors, and models that obey, ignore, or leak."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from mien.checkpoints.editor import PARTS, save_editor
from mien.conditions.labels import INDEX
from mien.conditions.types import Conditions
from mien.data import Picture
from mien.editing.result import CropEdit
from mien.evaluation.estimate import Interval
from mien.evaluation.features import load_features
from mien.evaluation.metrics import Judges
from mien.evaluation.perceptual import load_distance
from mien.evaluation.protocol.faces import open_set
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.run import Setup
from mien.models import stylegan2
from mien.models.editing import EditorNetworks, portrait_128, with_generator
from mien.types import UInt8

SIDE = 64
COLORS = {
    "background": (90, 130, 170),
    "skin": (220, 170, 140),
    "left_eye": (30, 60, 200),
    "right_eye": (30, 200, 60),
    "nose": (240, 120, 60),
    "mouth": (120, 10, 40),
    "cloth": (60, 60, 60),
    "hair": (40, 20, 10),
}


class ColorParser:
    """Labels by the nearest of the colors."""

    def parse_crop(self, pixels: UInt8) -> UInt8:
        known = np.array(list(COLORS.values()), np.float32)
        nearest = np.square(pixels[:, :, None].astype(np.float32) - known).sum(3).argmin(2)
        labels: UInt8 = np.array([INDEX[name] for name in COLORS], np.uint8)[nearest]
        return labels


def painted_face(shift: int, tone: int, *, bald: bool = False) -> UInt8:
    """(64, 64, 3), its colors and places a little different for each person."""
    face = Image.new("RGB", (SIDE, SIDE), COLORS["background"])
    draw = ImageDraw.Draw(face)
    color = {name: tuple(max(0, min(255, level + tone)) for level in levels) for name, levels in COLORS.items()}
    draw.rectangle((10, 54, 54, 64), color["cloth"])
    if not bald:
        draw.ellipse((14 + shift, 4, 50 + shift, 44), color["hair"])
    draw.ellipse((18 + shift, 12, 46 + shift, 56), color["skin"])
    draw.ellipse((23 + shift, 26, 29 + shift, 30), color["left_eye"])
    draw.ellipse((35 + shift, 26, 41 + shift, 30), color["right_eye"])
    draw.ellipse((29 + shift, 30, 35 + shift, 40), color["nose"])
    draw.ellipse((26 + shift, 44, 38 + shift, 49), color["mouth"])
    grain = np.random.default_rng(100 + shift + 4 * tone).integers(-3, 4, (SIDE, SIDE, 3))
    return np.clip(np.asarray(face) + grain, 0, 255).astype(np.uint8)


@dataclass
class Obedient:
    """Paints what it is told: exemplar, labels in their colors, colors, lines; each all but hides the one before.

    Attributes:
        calls: edits so far.
        fails_at: the edit at which it is interrupted.
        leaks: levels by which it changes what is outside of the mask.
        read: the texts it was given.
        drawings: what lines stand for: the picture that they came from.
    """

    name: str = "obedient"
    known: frozenset[str] = frozenset({"sketch", "semantic", "color", "exemplar"})
    size: int = SIDE
    leaks: int = 0
    calls: int = 0
    fails_at: int | None = None
    sizes: list[int] = field(default_factory=list)
    read: list[str | None] = field(default_factory=list)
    drawings: dict[bytes, UInt8] = field(default_factory=dict)
    kind: str = "test"
    attributes: tuple[str, ...] = ()
    reader: str = ""

    def supports(self) -> frozenset[str]:
        return self.known

    def fingerprint(self) -> bytes:
        return f"{self.name} {self.leaks}".encode()

    def edit(
        self, images: Sequence[UInt8], conditions: Sequence[Conditions], options: Sequence[Any], context: Any
    ) -> list[CropEdit]:
        made = (self.paint(image, given) for image, given in zip(images, conditions, strict=True))
        return [CropEdit(one.astype(np.float32), np.zeros((4, *one.shape[:2]), np.float32)) for one in made]

    def paint(self, image: UInt8, conditions: Conditions) -> UInt8:
        if self.calls == self.fails_at:
            raise KeyboardInterrupt
        self.calls += 1
        self.sizes.append(len(image))
        self.read.append(conditions.text)
        given = conditions if self.known else conditions.without(*conditions.given[1:])
        assert given.mask is not None and set(given.given) <= {"mask", *self.known}
        made = np.full(image.shape, 128.0)
        for meant in self._meant(given):
            made += 0.9 * (meant - made)
        if given.text is not None:
            made += 0.2 * (zlib.crc32(given.text.encode()) % 256 - made)
        made = made.astype(np.uint8)
        outside = np.clip(image.astype(np.int16) + self.leaks, 0, 255).astype(np.uint8)
        return np.where(given.mask[..., None] > 0, made, outside)

    def _meant(self, given: Conditions) -> Iterator[np.ndarray]:
        if given.exemplar is not None:
            yield given.exemplar
        if given.semantic is not None:
            palette = np.zeros((256, 3))
            palette[[INDEX[name] for name in COLORS]] = list(COLORS.values())
            yield palette[given.semantic]
        if given.color is not None:
            yield given.color[..., :3]
        if given.sketch is not None:
            yield self.drawings.get(given.sketch.tobytes(), np.where(given.sketch[..., None], 0, 255))


@pytest.fixture(scope="session")
def model() -> Callable[..., Model]:
    """``model(...)``: an :class:`Obedient` as the protocol sees it; ``edit=`` replaces how it paints a picture."""

    def make(edit: Callable[[UInt8, Conditions], UInt8] | None = None, **settings: Any) -> Model:
        editor = Obedient(**settings)
        if edit is not None:
            editor.paint = edit  # type: ignore[method-assign]
        return Model(editor.name, editor, editor.size)

    return make


@pytest.fixture(scope="session")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared set of six painted faces: two of one person, two files of one photograph, one bald."""
    folder = tmp_path_factory.mktemp("sets") / "painted"
    (folder / "images").mkdir(parents=True)
    people = [("a", 0, 0, "30"), ("b", 2, 10, "60"), ("b", -2, 10, "60"), ("c", 1, -10, ""), ("d", 3, 5, "19")]
    people.append(("c", 1, -10, ""))
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "split", "person", "gender", "age", "kind"])
        for number, (person, shift, tone, age) in enumerate(people):
            pixels = painted_face(shift, tone, bald=person == "d")
            Image.fromarray(pixels).save(folder / "images" / f"{number}.png")
            kind = "smiling" if number == 2 else "neutral"
            writer.writerow([number, "test", person, "female" if number % 2 else "", age, kind])
    return folder


@pytest.fixture(scope="session")
def pictures(faces: Path) -> tuple[Picture, ...]:
    return open_set(faces, "test")


@pytest.fixture(scope="session")
def judges(averages: Path, difference: Path) -> Judges:
    space = load_features(averages, trust_code=True)
    return Judges([load_distance(difference, trust_code=True)], [space], [space])


@pytest.fixture(scope="session")
def parser() -> ColorParser:
    return ColorParser()


@pytest.fixture
def setup(pictures: tuple[Picture, ...], judges: Judges, parser: ColorParser, tmp_path: Path) -> Callable[..., Setup]:
    """``setup(...)``: an evaluation of the painted faces, in ``tmp_path / "report"`` unless told."""

    def make(**changes: Any) -> Setup:
        usual: dict[str, Any] = {
            "folder": tmp_path / "report",
            "sets": {"painted": pictures},
            "judges": judges,
            "interval": Interval(50),
            "parser": parser,
        }
        return Setup(**{**usual, **changes})

    return make


@pytest.fixture(scope="session")
def editors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small editors with random weights; one has no warping network."""
    torch.manual_seed(0)
    generator = replace(stylegan2.portrait_128(), channel_base=512, channel_max=16, w_dim=32, z_dim=32)
    config = with_generator(portrait_128(), generator, channels=(16,) * 6)
    config = replace(
        config,
        encoder=replace(config.encoder, widths=(8, 16, 16, 16, 16)),
        aggregation=replace(config.aggregation, width=8, hidden=4),
        refinement=replace(config.refinement, inputs=8, global_dim=16),
    )
    networks = EditorNetworks(config)
    torch.nn.init.normal_(networks.warping.blocks[-1].mu[-1].weight)  # it starts as the identity
    path = tmp_path_factory.mktemp("editors")
    save_editor(path / "small", networks, "# For tests\n", PARTS)
    save_editor(path / "unturned", networks, "# For tests\n", [part for part in PARTS if part != "warping"])
    return path
