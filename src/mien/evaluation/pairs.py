"""Pictures against what they should be, pair by pair; the pairs come from two folders with the same names."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mien._version import __version__
from mien.conditions.text import validate_text
from mien.data.sources import folder_pictures
from mien.errors import DataError, LayerError
from mien.evaluation.estimate import Interval
from mien.evaluation.metrics.base import INSIDE, Metric, Pair, measure_pair, scalar, summarize
from mien.evaluation.report import read_json, rounded
from mien.photos.color import to_srgb
from mien.photos.mask import read_levels
from mien.photos.read import read_photo
from mien.types import Float64


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


def read_texts(file: Path) -> dict[str, str]:
    """Sentences by the names of the pictures.

    Raises:
        DataError: the file cannot be read, or a sentence is empty or too long.
    """
    texts: dict[str, str] = {}
    try:
        for name, text in read_json(file).items():
            words = validate_text(text)
            if words is None:
                raise DataError(f"The sentence for {name} is empty; write one, or leave the name out.")
            texts[str(name)] = words
    except LayerError as error:
        raise DataError(f"The sentence for {name}: {error}") from error
    except (OSError, ValueError, AttributeError) as error:
        raise DataError(f'{file} holds no sentences; write JSON such as {{"a": "a smile"}}.') from error
    return texts


def measure_pairs(
    pairs: Sequence[PairFiles],
    metrics: Sequence[Metric],
    interval: Interval,
    *,
    texts: Mapping[str, str] | None = None,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> dict[str, Any]:
    """The report, ready for JSON: one row for each metric, and every value of every pair.

    Args:
        pairs: at least one.
        metrics: see :func:`mien.evaluation.metrics.metrics_of`.
        interval: of the figures.
        texts: what each picture should show, by its name.
        progress: is told what is being done.

    Raises:
        DataError: there are no pairs, or one without a sentence where sentences are given.
        MienError: see :meth:`PairFiles.read` and the metrics.
    """
    if not pairs:
        raise DataError("There are no pairs to measure; give two folders with pictures of the same names.")
    missing = [] if texts is None else [files.name for files in pairs if files.name not in texts]
    if missing:
        raise DataError(f"There is no sentence for {missing[0]}; add one to the file of texts.")
    started = time.perf_counter()
    by_name = {metric.name + suffix: metric for metric in metrics for suffix in ("", INSIDE)}
    found: dict[str, list[float | Float64]] = {}
    values: list[dict[str, Any]] = []
    for done, files in enumerate(pairs, 1):
        values.append({"name": files.name})
        pair = replace(files.read(), text=(texts or {}).get(files.name, ""))
        for name, value in measure_pair(metrics, pair).items():
            found.setdefault(name, []).append(value)
            number = scalar(by_name[name], value)
            values[-1][name] = rounded(number) if np.isfinite(number) else None
        progress("pairs", done, len(pairs))
    order = sorted(found, key=list(by_name).index)
    networks = {metric.judge["label"]: dict(metric.judge) for metric in metrics if metric.judge}
    return {
        "kind": "mien-pairs",
        "version": __version__,
        "pairs": len(pairs),
        "interval": interval.facts(),
        "networks": list(networks.values()),
        "results": [row for name in order for row in _row(by_name[name], name, found[name], interval)],
        "values": values,
        "timings": {"pairs": round(time.perf_counter() - started, 3)},
    }


def _row(metric: Metric, name: str, values: Sequence[float | Float64], interval: Interval) -> Iterator[dict[str, Any]]:
    estimate, remark = summarize(metric, values)
    if estimate is not None:
        count = {"pairs": len(estimate.contributions)}
        yield {"metric": name, **interval.figures(estimate), **count, **metric.source, "remark": remark}
