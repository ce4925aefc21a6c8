"""Faces from what a user gives: words, a semantic map, a sketch, a 3D shape, a pose, in any combination.

Legend: n faces, L W+ codes, C length of a code, S side of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.conditions.modalities import maps
from mien.conditions.modality import Array
from mien.conditions.resample import levels_at
from mien.conditions.text import validate_text
from mien.engine.faces import BUNDLED_GENERATOR, FaceMaker, gaussian
from mien.engine.mapping import Mapper, Wanted, check_codes
from mien.errors import ConfigError
from mien.finding.face_reader import FaceReader
from mien.generation.agreement import Asked
from mien.generation.answers import Answers, answers
from mien.generation.drawings import drawn
from mien.generation.feedback import ROUNDS, Feedback
from mien.generation.findings import findings
from mien.generation.guidance import COARSE, effort, weights_of_words
from mien.generation.loading import loaded
from mien.generation.meshes import placed, read_mesh
from mien.generation.modes import truncated
from mien.generation.sentences import hardly_known, notes_of, numbers_of, understood
from mien.models.mm2latent.text import TextScale
from mien.packages import need_torch
from mien.types import Float32, Photo, PictureLike, UInt8

if TYPE_CHECKING:
    from mien.generation.descent import Descent
    from mien.generation.finish import Finisher

DEFAULT = "multimodal-mapping"
STEEPEST = 90.0
CLASSES = np.arange(19, dtype=np.uint8)
MOST = 200  # rounds and steps that anybody needs


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
        source: folder of the generator, for what needs its gradients.
    """

    coarse = COARSE

    def __init__(
        self,
        mapper: Mapper,
        maker: FaceMaker,
        scale: TextScale,
        clip: Any = None,
        source: Path = BUNDLED_GENERATOR,
    ) -> None:
        self.mapper, self.maker, self.scale, self.clip, self.source = mapper, maker, scale, clip, source
        self._reader: FaceReader | None = None
        self.feedback = Feedback(self)

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
            ConfigError: a package is missing, the network needs a CLIP or takes none, or its generator is another.
        """
        return cls(*loaded(name, engine, clip))

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
        refine: int = ROUNDS,
        descend: int | None = None,
        finish: str = "none",
        size: int = 512,
        start: Float32 | None = None,
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
            truncation: 1 for the codes as they are; less moves them towards the nearest of the generator's centers,
                from where refinement and descent start.
            refine: rounds of looking and correcting, see :mod:`mien.generation.feedback`; 0 for the mapped codes.
            descend: steps of :mod:`mien.generation.descent`, with torch; None: 20 after 4 rounds for a map or sketch.
            finish: "bank" brings heads of nobody into the outlines of the faces, see :mod:`mien.generation.finish`.
            size: side of finished pictures, pixels.
            start: (L, C) codes, such as a photo's, that are corrected in place of mapped ones: a round goes half of
                the way, more of them leave the person behind, and maps and sketches do not descend by themselves.

        Raises:
            LayerError, PhotoError: a picture or a mesh cannot be read.
            ConfigError: a number is out of range, or torch is missing.
        """
        if finish not in ("none", "bank"):
            raise ConfigError(f"'{finish}' is no finish; give none or bank.")
        if not 64 <= size <= 1024:
            raise ConfigError(f"A finished picture of {size} pixels cannot be made; give 64 to 1024.")
        notes: list[str] = []
        wanted = self.wanted(text=text, semantic=semantic, sketch=sketch, mesh=mesh, pose=pose, notes=notes)
        far = descend if start is None else descend or 0  # a photo's codes are soon left behind
        rounds, steps = effort(wanted, refine, far, finish, notes)
        codes = self.codes([wanted] * n, range(seed, seed + n), truncation, text_weight, rounds, steps, start)
        pictures = tuple(self.pictures(codes))
        if finish != "none":
            pictures = self.finisher(pictures, wanted, text, seed, size, notes)
        if text and wanted.text is not None and self.scale.names:
            notes += findings(self, wanted, understood(text), np.stack([one.pixels for one in pictures]))
        return Generated(pictures, codes, tuple(notes))

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

    def codes(
        self,
        wanted: list[Wanted],
        seeds: Any,
        truncation: float = 1.0,
        text_weight: float = 1.0,
        refine: int = 0,
        descend: int = 0,
        start: Float32 | None = None,
    ) -> Float32:
        """W+ codes (n, L, C) of faces, each with its seed; arguments and errors as above."""
        for name, value, most in (
            ("weight of words", text_weight, 10),
            ("truncation", truncation, 2),
            ("number of rounds", refine, MOST),
            ("number of steps", descend, MOST),
        ):
            if not 0 <= value <= most:
                raise ConfigError(f"The {name} is {value:g}; give a number from 0 to {most}.")
        known: list[Answers] = []
        if start is not None:
            check_codes(start, self.mapper.config, "the mapping network")
            codes, truncation = np.repeat(start[None], len(wanted), 0), 1.0
        elif refine or descend:  # which magnify differences of rounding between batches
            known = [answers(self, [one], [seed], text_weight) for one, seed in zip(wanted, seeds, strict=True)]
            codes = np.concatenate([one.whole for one in known])
        else:
            codes = self.mapped(wanted, seeds, text_weight)
        if refine and start is None:
            codes = self.feedback.freed(codes, wanted, list(seeds))
        codes = truncated(codes, self.mapper.centres, truncation)
        if refine:
            codes = self.feedback.refined(codes, wanted, list(seeds), refine, text_weight, known)
        if descend:
            codes = self._descended(codes, wanted, descend)
        return codes

    @cached_property
    def finisher(self) -> Finisher:
        """Loaded once."""
        from mien.generation.finish import Finisher

        return Finisher(self)

    @cached_property
    def descent(self) -> Descent:
        """Loaded once.

        Raises:
            ConfigError: torch is missing.
        """
        need_torch("Descent")
        from mien.generation.descent import Descent

        return Descent(self)

    def _descended(self, codes: Float32, wanted: list[Wanted], steps: int) -> Float32:
        """Face by face, so that none depends on the others."""
        descent, result = self.descent, codes.copy()
        for row, one in enumerate(wanted):
            if one.given:
                asked = Asked.of([one], self.mapper.config, self.scale)
                result[row : row + 1] = descent.refined(codes[row : row + 1], asked, steps)
        return result

    def mapped(self, wanted: list[Wanted], seeds: Any, text_weight: float = 1.0) -> Float32:
        """W+ codes (n, L, C) as the network gives them.

        Where words stand beside something else that is given: w = f(rest) + k·(f(rest and words) − f(rest)), k of
        :mod:`mien.generation.guidance` (guidance as of Ho and Salimans, 2022, among codes).
        """
        size = self.mapper.config.noise
        noise = np.stack([gaussian(int(seed), 16 * -(-size // 16))[:size] for seed in seeds])
        both = [i for i, one in enumerate(wanted) if one.text is not None and len(one.given) > 1]
        others = [replace(wanted[i], text=None) for i in both]
        codes = self._mapped([*wanted, *others], np.concatenate([noise, noise[both]]) if both else noise)
        codes, rest = codes[: len(wanted)], codes[len(wanted) :]
        if both:
            weights = np.stack([weights_of_words(wanted[i], text_weight, self.mapper.config.codes) for i in both])
            codes[both] = rest + weights * (codes[both] - rest)
        return codes

    def _mapped(self, wanted: list[Wanted], noise: Float32) -> Float32:
        return np.concatenate([self.mapper(wanted[i : i + 8], noise[i : i + 8]) for i in range(0, len(wanted), 8)])

    def pictures(self, codes: Float32) -> list[Photo]:
        """Codes (n, L, C) -> n faces."""
        return [Photo(one) for one in self.pixels(codes)]

    def pixels(self, codes: Float32) -> UInt8:
        """Codes (n, L, C) -> (n, S, S, 3)."""
        return np.concatenate([self.maker.pictures(codes[i : i + 8]) for i in range(0, len(codes), 8)])

    def _words(self, text: str, notes: list[str]) -> Float32 | None:
        plain = validate_text(text)
        if plain is None:
            return None
        if not self.scale.names:
            vector: Float32 = self.clip.of_words([plain])[0].float().numpy()
            return vector / np.linalg.norm(vector)
        reading = understood(plain)
        notes += [*notes_of(reading), *hardly_known(reading, self.scale)]
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
