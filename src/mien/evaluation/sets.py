"""What is measured of a set of pictures in one feature space. Letters: N and M pictures, D features."""

from __future__ import annotations

from collections.abc import Iterator

from mien.evaluation.estimate import Estimate
from mien.evaluation.frechet import frechet_distance
from mien.evaluation.kernel import kernel_distance
from mien.evaluation.separability import is_informative, separate
from mien.types import Float32

Figure = tuple[str, Estimate | None, str]
"""Metric, figure, and a remark; the figure is None where there is none, and the remark says why."""


def set_metrics(made: Float32, reference: Float32, wanted: Float32 | None = None) -> Iterator[Figure]:
    """FD, KID and U-IDS; P-IDS, too, where it is known what each picture was made from.

    Args:
        made: (N, D).
        reference: (M, D).
        wanted: (N, D) of the picture that each was made from.
    """
    enough = min(len(made), len(reference)) >= 2
    for name, distance in (("FD", frechet_distance), ("KID", kernel_distance)):
        yield name, distance(made, reference) if enough else None, "" if enough else "needs two pictures"
    names = ("U-IDS",) if wanted is None else ("U-IDS", "P-IDS")
    real = reference if wanted is None else wanted
    if not is_informative(len(made), len(real), made.shape[1]):
        fewest = 2 * made.shape[1]
        why = f"any {fewest} pictures or fewer can be separated with {made.shape[1]} features"
        yield from ((name, None, why) for name in names)
        return
    boundary = separate(made, real)
    yield "U-IDS", boundary.unpaired(), ""
    if wanted is not None:
        yield "P-IDS", boundary.paired(), ""
