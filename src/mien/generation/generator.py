"""Faces from what a user gives: words, a semantic map, a sketch, a 3D shape, a pose, in any combination.

Legend: n faces, L W+ codes, C length of a code, S side of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mien.checkpoints.hub import find_folder
from mien.checkpoints.store import load_config
from mien.conditions.modalities import maps
from mien.conditions.modality import Array
from mien.conditions.pictures import name_of
from mien.conditions.resample import levels_at
from mien.conditions.text import validate_text
from mien.engine.faces import BUNDLED_GENERATOR, FaceMaker, gaussian, load_maker
from mien.engine.mapping import KIND, Mapper, Wanted, load_mapper
from mien.errors import ConfigError, LayerError
from mien.finding.face_reader import FaceReader
from mien.generation.meshes import placed, read_mesh
from mien.generation.sentences import notes_of, numbers_of, understood
from mien.models.mm2latent.text import TextScale
from mien.types import Float32, Photo, PictureLike

DEFAULT = "multimodal-mapping"
GENERATOR = "generator"
STEEPEST = 90.0
CLASSES = np.arange(19, dtype=np.uint8)

COARSE = 3
"""Codes of W+ that place the head and its parts."""

BESIDE_MAP, BESIDE_SHAPE, ELSEWHERE = (0.5, 1.5), (0.0, 0.9), (1.0, 1.0)
"""How much words count in the coarse codes and in the fine ones: beside a map; beside a sketch or a mesh without a map;
beside a pose."""


@dataclass(frozen=True, eq=False)
class Generated:
    """Attributes:
    pictures: n faces, 8 bits, sRGB.
    codes: (n, L, C) W+ codes of the generator.
    notes: what the user should know, in words.
    """

    pictures: tuple[Photo, ...]
    codes: Float32
    notes: tuple[str, ...] = ()


class MultimodalGenerator:
    """Build it once and use it for many faces. Results are independent of how many are made at once.

    Args:
        mapper: what is given -> codes.
        maker: codes -> pictures.
        scale: how words are told.
        clip: reads words for a network that was trained with its vectors; None otherwise.
    """

    def __init__(self, mapper: Mapper, maker: FaceMaker, scale: TextScale, clip: Any = None) -> None:
        self.mapper, self.maker, self.scale, self.clip = mapper, maker, scale, clip
        self._reader: FaceReader | None = None

    @classmethod
    def from_pretrained(
        cls, name: str | Path = DEFAULT, *, engine: str | None = None, clip: str | Path | None = None
    ) -> MultimodalGenerator:
        """A mapping network and its generator.

        Args:
            name: a folder that ``mien train mapping`` wrote, a bundled name, or an id of the Hugging Face Hub.
            engine: what runs them, see :mod:`mien.engine`.
            clip: a CLIP, for a network that was trained with its vectors.

        Raises:
            CheckpointError: there is none, or it is damaged.
            ConfigError: a package is missing, or the network needs a CLIP.
        """
        folder = find_folder(name)
        values = load_config(folder, KIND)
        scale, named = TextScale.from_dict(values.get("text") or {}), str(values.get("generator"))
        if not scale.names and clip is None:
            raise ConfigError(f"{folder.name} was trained with a CLIP's vectors; give that one as --clip.")
        reads = None
        if clip is not None and not scale.names:
            from mien.checkpoints.clip import load_clip

            reads = load_clip(clip)
        generator = folder / named if named == GENERATOR else find_folder(named)
        return cls(load_mapper(folder, engine), load_maker(generator or BUNDLED_GENERATOR), scale, reads)

    def __call__(
        self,
        *,
        text: str | None = None,
        semantic: PictureLike | None = None,
        sketch: PictureLike | None = None,
        mesh: Path | Float32 | None = None,
        pose: tuple[float, float] | None = None,
        seed: int = 0,
        n: int = 1,
        truncation: float = 1.0,
        text_weight: float = 1.0,
    ) -> Generated:
        """Faces that fit what is given; without anything, any faces.

        Args:
            text: a sentence.
            semantic: a map of the 19 classes, of an aligned face; any square, parts may be empty.
            sketch: lines of an aligned face; any square, or an SVG file.
            mesh: 478 points (see :mod:`mien.generation.meshes`), or a file of them.
            pose: yaw and pitch in degrees, see :class:`mien.types.Pose`.
            seed: of the noise that chooses among faces that fit; the following faces have the following seeds.
            n: how many faces.
            text_weight: how much words count beside anything else that is given; 2 where both contradict each other.
            truncation: 1 for the codes as they are; less moves them towards the nearest of the generator's centres.

        Raises:
            LayerError, PhotoError: a picture or a mesh cannot be read.
            ConfigError: a number is out of range.
        """
        notes: list[str] = []
        wanted = self.wanted(text=text, semantic=semantic, sketch=sketch, mesh=mesh, pose=pose, notes=notes)
        codes = self.codes([wanted] * n, range(seed, seed + n), truncation, text_weight)
        return Generated(tuple(self.pictures(codes)), codes, tuple(notes))

    def wanted(
        self,
        *,
        text: str | None = None,
        semantic: PictureLike | None = None,
        sketch: PictureLike | None = None,
        mesh: Path | Float32 | None = None,
        pose: tuple[float, float] | None = None,
        notes: list[str] | None = None,
    ) -> Wanted:
        """What is given, as the network takes it; arguments and errors as above."""
        told: list[str] = [] if notes is None else notes
        if pose is not None and not all(abs(angle) <= STEEPEST for angle in pose):
            raise ConfigError(f"The pose {pose[0]:g}, {pose[1]:g} is no head's; give degrees from -90 to 90.")
        points = None
        if mesh is not None:
            points = placed(read_mesh(Path(mesh)) if isinstance(mesh, str | Path) else np.asarray(mesh))
        return Wanted(
            None if semantic is None else self.shares_of(drawn("semantic", semantic, told)),
            None if sketch is None else self.lines_of(drawn("sketch", sketch, told)),
            points,
            pose,
            self._words(text, told) if text else None,
        )

    def codes(self, wanted: list[Wanted], seeds: Any, truncation: float = 1.0, text_weight: float = 1.0) -> Float32:
        """W+ codes (n, L, C) of faces, each with its seed.

        Where words stand beside something else that is given: w = f(rest) + k·(f(rest and words) − f(rest)), k the
        weight of words times :data:`BESIDE_MAP` or its like (guidance as of Ho and Salimans, 2022, among codes).
        """
        if not 0 <= text_weight <= 10:
            raise ConfigError(f"The weight of words is {text_weight:g}; give a number from 0 to 10.")
        if not 0 <= truncation <= 2:
            raise ConfigError(f"The truncation is {truncation:g}; give a number from 0 to 2.")
        size = self.mapper.config.noise
        noise = np.stack([gaussian(int(seed), 16 * -(-size // 16))[:size] for seed in seeds])
        codes = self._mapped(wanted, noise)
        both = [i for i, one in enumerate(wanted) if one.text is not None and len(one.given) > 1]
        if both:
            weights = np.stack([self._weights(wanted[i], text_weight) for i in both])
            rest = self._mapped([replace(wanted[i], text=None) for i in both], noise[both])
            codes[both] = rest + weights * (codes[both] - rest)
        return truncated(codes, self.mapper.centres, truncation)

    def _weights(self, wanted: Wanted, text_weight: float) -> Float32:
        """(L, 1) of words beside what else is given."""
        shaped = wanted.sketch is not None or wanted.points is not None
        coarse, fine = BESIDE_MAP if wanted.semantic is not None else BESIDE_SHAPE if shaped else ELSEWHERE
        weights = np.full((self.mapper.config.codes, 1), text_weight * fine, np.float32)
        weights[:COARSE] = min(1.0, text_weight) * coarse
        return weights

    def _mapped(self, wanted: list[Wanted], noise: Float32) -> Float32:
        parts = [self.mapper(wanted[i : i + 8], noise[i : i + 8]) for i in range(0, len(wanted), 8)]
        return np.concatenate(parts)

    def pictures(self, codes: Float32) -> list[Photo]:
        """Codes (n, L, C) -> n faces."""
        made = [one for i in range(0, len(codes), 8) for one in self.maker.pictures(codes[i : i + 8])]
        return [Photo(one) for one in made]

    def _words(self, text: str, notes: list[str]) -> Float32 | None:
        plain = validate_text(text)
        if plain is None:
            return None
        if not self.scale.names:
            vector: Float32 = self.clip.of_words([plain])[0].float().numpy()
            return vector / np.linalg.norm(vector)
        reading = understood(plain)
        notes += notes_of(reading)
        if self._reader is None:
            self._reader = FaceReader.bundled()
        numbers = numbers_of(reading, self.scale, (self._reader.mean, self._reader.spread))
        return self.scale.vector(numbers) if numbers else None

    def shares_of(self, labels: Array) -> Float32:
        """Labels (D, D) of any side, as the network takes them."""
        planes = (labels[..., None] == CLASSES).astype(np.float32)
        return np.ascontiguousarray(levels_at(planes, self.mapper.config.encoders["semantic"].side).transpose(2, 0, 1))

    def lines_of(self, lines: Array) -> Float32:
        """Lines (D, D) bool of any side, as the network takes them."""
        side = self.mapper.config.encoders["sketch"].side
        return maps()["sketch"].resample(lines, side).astype(np.float32)[None]


def drawn(name: str, source: PictureLike, notes: list[str]) -> Array:
    """The value of a map that is given as a picture of any side.

    Raises:
        LayerError, PhotoError: it cannot be read, is empty, or no square.
    """
    modality, label = maps()[name], name_of(source, name)
    if (vectors := modality.strokes(source)) is not None:
        value = modality.render(vectors[0], 256)
    else:
        value = modality.parse(modality.open(source), label, notes)
    if value.shape[0] != value.shape[1]:
        raise LayerError(
            f"{label} is {value.shape[1]} x {value.shape[0]}; give a square, the frame of an aligned face."
        )
    if not modality.specified(value).any():
        raise LayerError(f"{label} is empty; {modality.hint}.")
    return value


def truncated(codes: Float32, centres: Float32, psi: float) -> Float32:
    """Codes (n, L, C) moved towards the nearest centre (K, C) of each: the nearest to the mean of its L codes."""
    if psi == 1:
        return codes
    away = np.linalg.norm(codes.mean(1)[:, None] - centres[None], axis=-1)
    centre = centres[away.argmin(1)][:, None]
    moved: Float32 = (centre + np.float32(psi) * (codes - centre)).astype(np.float32)
    return moved
