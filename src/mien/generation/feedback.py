"""Codes that are corrected by what their pictures show: the mapping network is an approximate inverse of the eye.

    w ← w + GAIN·(f(asked) − f(seen)) + WORDS·(f(asked words) − f(seen words)) + SHAPES·(f(asked mesh) − f(seen mesh))

f maps what is given to a code; "seen" is the same of the picture of w, by the bundled parser, pencil filter, landmarks
and face reader. The idea is ReStyle's (Alaluf et al., 2021), whose encoder is told the difference; here it is the
difference of what is mapped, so that nothing is trained for it. The best of several rounds is kept; a single one is
not looked at again, which would take as long as the round.

Legend: B faces, L W+ codes, C length of a code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from mien.conditions.lines import thin_pencil
from mien.engine.mapping import Wanted
from mien.generation.agreement import Asked, Seen, distance, missing, widened
from mien.generation.answers import Answers, answers
from mien.generation.pairs import SIDE, Looker, resized
from mien.pixels import to_planes
from mien.threads import side_by_side
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

SEEDS = 1024
"""Of the last faces that seeds chose, whose numbers are kept."""

GLANCE = 192
"""Side at which the parser sees a face that is corrected once: half as long as at its own, mIoU 0.004 less."""

PLACES = 0.3
"""How much of the correction by words alone goes to the codes that place the head and its parts."""


class Feedback:
    """Looks at faces and corrects them. Results are independent of how many are corrected at once.

    Args:
        generator: whose codes they are.
    """

    def __init__(self, generator: MultimodalGenerator) -> None:
        self.generator = generator
        self._seen_of_seed = lru_cache(maxsize=SEEDS)(self._of_seed)

    @cached_property
    def look(self) -> Looker:
        """The bundled networks."""
        return Looker()

    def refined(
        self,
        codes: Float32,
        wanted: Sequence[Wanted],
        seeds: Sequence[int],
        rounds: int,
        text_weight: float,
        known: Sequence[Answers] = (),
    ) -> Float32:
        """Codes (B, L, C), corrected.

        Args:
            codes: of the faces as they were mapped.
            wanted: what each is asked for; those that nothing is asked for stay as they are.
            seeds: of the noise of each.
            rounds: of the correction.
            text_weight: see :class:`MultimodalGenerator`.
            known: what the mapping network says of each, if that is known.
        """
        result = codes.copy()
        for row, one in enumerate(wanted):
            if one.given:  # face by face: none depends on the others, not even by rounding
                told = known[row] if known else None
                part = self.corrected(codes[row : row + 1], [one], [seeds[row]], rounds, text_weight, told)
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
            shown = self._shown(0, one, self._seen_of_seed(seeds[row]), asked)
            result[row : row + 1] += FREE * (free - make.mapped([shown], seed))
        return result

    def _of_seed(self, seed: int) -> Seen:
        """Numbers of the face reader of a seed's face: who changes a sentence often keeps the seed."""
        make = self.generator
        return Seen(**self._read(resized(make.pixels(make.maker.codes([seed], OPEN)), SIDE)))

    def corrected(
        self,
        codes: Float32,
        wanted: list[Wanted],
        seeds: list[int],
        rounds: int,
        text_weight: float = 1.0,
        known: Answers | None = None,
    ) -> Float32:
        """Codes (B, L, C) of any origin, corrected; arguments as above, ``known`` of all of them."""
        make, asked = self.generator, Asked.of(wanted, self.generator.mapper.config, self.generator.scale)
        target = known or answers(make, wanted, seeds, text_weight)
        best, least, now = codes.copy(), np.full(len(codes), np.inf), codes
        for left in range(rounds, -1, -1):
            if rounds == 1 and not left:
                return now
            seen = self.seen(make.pixels(now), asked, GLANCE if rounds == 1 else None)
            away = distance(np, seen, asked)
            better = away < least
            best[better], least = now[better], np.minimum(away, least)
            if left:
                shown = [self._shown(row, one, seen, asked) for row, one in enumerate(wanted)]
                found = answers(make, shown, seeds, text_weight)
                words = target.words - found.words
                words[:, : make.coarse] *= PLACES
                now = now + GAIN * (target.whole - found.whole) + WORDS * text_weight * words
                now = now + SHAPES * (target.shape - found.shape)
        return best

    def seen(self, pictures: UInt8, asked: Asked, side: int | None = None) -> Seen:
        """What faces (B, S, S, 3) show of what is asked for; ``side`` as of :meth:`FaceParser.parse`."""
        small = resized(pictures, SIDE)
        looks: dict[str, Callable[[UInt8], dict[str, Float32]]] = {  # the slowest first: the others go on beside it
            "semantic": partial(self._labeled, side=side),
            "geometry": self._placed,
            "pose": self._placed,
            "text": self._read,
            "sketch": self._traced,
        }
        wanted = dict.fromkeys(look for name, look in looks.items() if asked.asks(name))
        found = side_by_side(*(partial(look, small) for look in wanted))
        return Seen(**{name: value for one in found for name, value in one.items()})

    def _labeled(self, small: UInt8, side: int | None) -> dict[str, Float32]:
        return {"semantic": np.stack([self.generator.shares_of(one) for one in self.look.parser.parse(small, side)])}

    def _traced(self, small: UInt8) -> dict[str, Float32]:
        lines = np.stack([self.generator.lines_of(one) for one in np.asarray(thin_pencil(to_planes(small)))[:, 0]])
        return {"lines": lines, "wide": widened(lines)}

    def _placed(self, small: UInt8) -> dict[str, Float32]:
        points = self.look.points(small)
        pose = self.look.pose(points)
        points[:, :, 2] -= points[:, :, 2].mean(1, keepdims=True)
        return {"points": points, "pose": pose}

    def _read(self, small: UInt8) -> dict[str, Float32]:
        scale, reader = self.generator.scale, self.look.reader
        if scale.names != reader.names:  # the network was trained with another one
            return {}
        return {"numbers": scale.scaled(self.look.numbers(small)).astype(np.float32)}

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
