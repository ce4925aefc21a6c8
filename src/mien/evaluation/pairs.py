"""Pictures against what they should be, pair by pair; the pairs come from two folders with the same names."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mien._version import __version__
from mien.data.sources import folder_pictures
from mien.errors import DataError
from mien.evaluation.meters import Meter, Pair
from mien.evaluation.report import rounded
from mien.photos.color import to_srgb
from mien.photos.mask import read_levels
from mien.photos.read import read_photo


@dataclass(frozen=True)
class PairFiles:
    """Where a pair lies.

    Attributes:
        name: the path inside the folder without its ending.
        made: the picture that is measured.
        wanted: what it should be.
        mask: where it counts; None for everywhere.
    """

    name: str
    made: Path
    wanted: Path
    mask: Path | None = None

    def read(self) -> Pair:
        """Both pictures as sRGB bytes at their own size.

        Raises:
            PhotoError: a file is not a picture.
            LayerError: the mask is empty.
            DataError: the sizes differ.
        """
        made, wanted = (to_srgb(read_photo(path)) for path in (self.made, self.wanted))
        mask = None if self.mask is None else read_levels(self.mask)
        for other, path in ((wanted, self.wanted), (mask, self.mask)):
            if other is not None and other.shape[:2] != made.shape[:2]:
                sizes = " and ".join(f"{x.shape[1]} x {x.shape[0]}" for x in (made, other))
                raise DataError(f"{self.made} and {path} differ in size ({sizes}); bring them to one size.")
        return Pair(self.name, made, wanted, mask)


def find_pairs(made: Path, wanted: Path, masks: Path | None = None) -> list[PairFiles]:
    """Every picture below ``made`` with its partners; ``wanted`` and ``masks`` may hold more.

    Raises:
        DataError: a folder is missing or empty, names are ambiguous, or a partner is missing.
    """
    found, partners = _by_name(made), _by_name(wanted)
    covers = {} if masks is None else _by_name(masks)
    pairs = []
    for name, path in found.items():
        for folder, files in ((wanted, partners), (masks, covers)):
            if folder is not None and name not in files:
                raise DataError(f"{folder} holds no picture called {name}, which {made} has; names must agree.")
        pairs.append(PairFiles(name, path, partners[name], covers.get(name)))
    return pairs


def _by_name(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder; give one with pictures.")
    files: dict[str, Path] = {}
    for picture in folder_pictures(folder):
        name = str(Path(picture.name).with_suffix("").as_posix())
        if name in files:
            raise DataError(f"{folder} holds {name} twice, with different endings; keep one.")
        files[name] = folder / picture.name
    if not files:
        raise DataError(f"{folder} holds no pictures; give a folder of pictures.")
    return files


def measure_pairs(
    pairs: Sequence[PairFiles],
    meters: Sequence[Meter],
    *,
    resamples: int = 1000,
    seed: int = 0,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> dict[str, Any]:
    """The report, ready for JSON: one row for each metric, and every value of every pair.

    Raises:
        MienError: see :meth:`PairFiles.read` and the meters.
    """
    if not pairs:
        raise DataError("There are no pairs to measure; give two folders with pictures of the same names.")
    started = time.perf_counter()
    values: list[dict[str, Any]] = []
    for done, files in enumerate(pairs, 1):
        pair = files.read()
        row: dict[str, Any] = {"name": files.name}
        for meter in meters:
            row |= {metric: _finite(value) for metric, value in meter.add(pair).items()}
        values.append(row)
        progress("pairs", done, len(pairs))
    return {
        "kind": "mien-pairs",
        "version": __version__,
        "pairs": len(pairs),
        "interval": {"level": 0.95, "resamples": resamples, "seed": seed},
        "networks": [facts for meter in meters for facts in meter.facts()],
        "results": [row for meter in meters for row in _rows(meter, resamples, seed)],
        "values": values,
        "timings": {"pairs": round(time.perf_counter() - started, 3)},
    }


def _rows(meter: Meter, resamples: int, seed: int) -> Iterator[dict[str, Any]]:
    for result in meter.results():
        low, high = result.estimate.interval(resamples=resamples, seed=seed)
        yield {
            "metric": result.metric,
            "value": rounded(result.estimate.value),
            "low": rounded(low),
            "high": rounded(high),
            "pairs": len(result.estimate.contributions),
            "network": meter.network,
            "resize": meter.resize,
            "remark": result.remark,
        }


def _finite(value: float) -> float | None:
    return rounded(value) if np.isfinite(value) else None
