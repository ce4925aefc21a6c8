"""Codes that are corrected by what their pictures show: the mapping network is an approximate inverse of the eye.

    w ← w + GAIN·(f(asked) − f(seen)) + WORDS·(f(asked words) − f(seen words)) + SHAPES·(f(asked mesh) − f(seen mesh))

f maps what is given to a code; "seen" is the same of the picture of w, by the bundled parser, pencil filter, landmarks
and face reader. The idea is ReStyle's (Alaluf et al., 2021), whose encoder is told the difference; here it is the
difference of what is mapped, so that nothing is trained for it. The best of several rounds is kept; a single one is
not looked at again, which would take as long as the round.

Legend: B faces, L W+ codes, C length of a code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mien.conditions.lines import thin_pencil
from mien.engine.mapping import Wanted
from mien.generation.agreement import Asked, Seen, distance, missing, widened
from mien.generation.pairs import SIDE, Looker, resized
from mien.pixels import to_planes
from mien.types import Float32, UInt8

if TYPE_CHECKING:
    from mien.generation.generator import MultimodalGenerator

ROUNDS = 1
"""Most of what words gain, and half of what maps do, within 60 ms of a core: see docs/generation.md."""

GAIN, WORDS, SHAPES = 0.5, 0.3, 0.3
"""Of the correction by all that is given, and of those by words alone and by a mesh alone, which a map or lines beside
them would hold back: a mesh says more of where a face's points are than its lines do, and 0.5 costs words."""

FREE, OPEN = 0.5, 0.7
"""How much of what words leave open a seed chooses, where nothing but words is given: without it, all faces of a
sentence are nearly one; and the truncation of the faces that it is taken from."""

PLACES = 0.3
"""How much of the correction by words alone goes to the codes that place the head and its parts."""


class Feedback:
    """Looks at faces and corrects them. Results are independent of how many are corrected at once.

    Args:
        generator: whose codes they are.
    """

    def __init__(self, generator: MultimodalGenerator) -> None:
        self.generator = generator

    @cached_property
    def look(self) -> Looker:
        """The bundled networks."""
        return Looker()

    def refined(
        self, codes: Float32, wanted: Sequence[Wanted], seeds: Sequence[int], rounds: int, text_weight: float
    ) -> Float32:
        """Codes (B, L, C), corrected.

        Args:
            codes: of the faces as they were mapped.
            wanted: what each is asked for; those that nothing is asked for stay as they are.
            seeds: of the noise of each.
            rounds: of the correction.
            text_weight: see :class:`MultimodalGenerator`.
        """
        result = codes.copy()
        for row, one in enumerate(wanted):
            if one.given:  # face by face: none depends on the others, not even by rounding
                part = self.corrected(codes[row : row + 1], [one], [seeds[row]], rounds, text_weight)
                result[row : row + 1] = part
        return result

    def freed(self, codes: Float32, wanted: Sequence[Wanted], seeds: Sequence[int]) -> Float32:
        """Codes (B, L, C) of sentences alone, each with what its seed chooses of all that the words leave open.

            w + FREE·(w' − f(words as they are seen in the picture of w')), w' any code of the generator

        Arguments as of :meth:`refined`; whatever else is given stays as it is.
        """
        make, result = self.generator, codes.copy()
        for row, one in enumerate(wanted):
            if one.given != ("text",) or not make.scale.names:
                continue
            asked, seed = Asked.of([one], make.mapper.config, make.scale), [seeds[row]]
            free = make.maker.codes(seed, OPEN)
            shown = self._shown(0, one, self.seen(make.pixels(free), asked), asked)
            result[row : row + 1] += FREE * (free - make.mapped([shown], seed))
        return result

    def corrected(
        self,
        codes: Float32,
        wanted: list[Wanted],
        seeds: list[int],
        rounds: int,
        text_weight: float = 1.0,
    ) -> Float32:
        """Codes (B, L, C) of any origin, corrected; arguments as above."""
        make, asked = self.generator, Asked.of(wanted, self.generator.mapper.config, self.generator.scale)
        target = make.mapped(wanted, seeds, text_weight)
        told, meant = (self._alone(wanted, seeds, kind, codes.shape) for kind in ("text", "points"))
        best, least, now = codes.copy(), np.full(len(codes), np.inf), codes
        for left in range(rounds, -1, -1):
            if rounds == 1 and not left:
                return now
            seen = self.seen(make.pixels(now), asked)
            away = distance(np, seen, asked)
            better = away < least
            best[better], least = now[better], np.minimum(away, least)
            if left:
                shown = [self._shown(row, one, seen, asked) for row, one in enumerate(wanted)]
                words = told - self._alone(shown, seeds, "text", codes.shape)
                words[:, : make.coarse] *= PLACES
                now = now + GAIN * (target - make.mapped(shown, seeds, text_weight)) + WORDS * text_weight * words
                now = now + SHAPES * (meant - self._alone(shown, seeds, "points", codes.shape))
        return best

    def _alone(self, wanted: list[Wanted], seeds: list[int], kind: str, shape: tuple[int, ...]) -> Float32:
        """Codes of ``shape`` (B, L, C) of one kind alone; 0 where it is not given, or all there is: the other one
        knows that."""
        parts = [Wanted(**{kind: getattr(one, kind)}) for one in wanted]
        beside = [bool(part.given) and len(one.given) > 1 for part, one in zip(parts, wanted, strict=True)]
        if not any(beside):
            return np.zeros(shape, np.float32)
        codes: Float32 = self.generator.mapped(parts, seeds, 1.0) * np.array(beside)[:, None, None]
        return codes

    def seen(self, pictures: UInt8, asked: Asked) -> Seen:
        """What faces (B, S, S, 3) show of what is asked for."""
        make, look = self.generator, self.look
        small = resized(pictures, SIDE)
        found = Seen()
        if asked.asks("semantic"):
            found = replace(found, semantic=np.stack([make.shares_of(one) for one in look.parser.parse(small)]))
        if asked.asks("sketch"):
            lines = np.stack([make.lines_of(one) for one in np.asarray(thin_pencil(to_planes(small)))[:, 0]])
            found = replace(found, lines=lines, wide=widened(lines))
        if asked.asks("geometry") or asked.asks("pose"):
            points = look.points(small)
            found = replace(found, pose=look.pose(points))
            points[:, :, 2] -= points[:, :, 2].mean(1, keepdims=True)
            found = replace(found, points=points)
        if asked.asks("text") and make.scale.names == look.reader.names:
            found = replace(found, numbers=make.scale.scaled(look.numbers(small)).astype(np.float32))
        return found

    def _shown(self, row: int, one: Wanted, seen: Seen, asked: Asked) -> Wanted:
        """What the picture shows, as if it were asked for: of the same kinds, and no more of it than is asked for."""
        shown = one
        if one.semantic is not None:
            shown = replace(shown, semantic=seen.semantic[row] * one.semantic.sum(0))
        if one.sketch is not None:
            shown = replace(shown, sketch=seen.lines[row] * asked.around[row])
        if one.points is not None:
            shown = replace(shown, points=seen.points[row])
        if one.pose is not None:
            shown = replace(shown, pose=(float(seen.pose[row, 0]), float(seen.pose[row, 1])))
        if one.text is not None and seen.numbers is not None:
            flags = one.text[len(one.text) // 2 :]
            fulfilled = missing(np, seen.numbers, asked)[row] == 0
            values = np.where(fulfilled, asked.values[row], seen.numbers[row]) * flags
            shown = replace(shown, text=np.concatenate([values, flags]).astype(np.float32))
        return shown
