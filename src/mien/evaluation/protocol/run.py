"""A whole evaluation: a folder with the list, the edits, the journal, and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mien.conditions.parser import FaceParser
from mien.data import Picture
from mien.errors import ConfigError, SaveError
from mien.evaluation.compare import Progress
from mien.evaluation.protocol.bars import FACE, FAMILIES, Examination, chains_of
from mien.evaluation.protocol.bench import JOURNAL, Bench
from mien.evaluation.protocol.code import code_of
from mien.evaluation.protocol.configurations import Configuration
from mien.evaluation.protocol.families import MIXED
from mien.evaluation.protocol.gauge import Gauge
from mien.evaluation.protocol.goals import Exam
from mien.evaluation.protocol.incremental import incremental_rows
from mien.evaluation.protocol.journal import Journal
from mien.evaluation.protocol.lists import ItemList, check_list, fixed_list, read_list
from mien.evaluation.protocol.material import Studio
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.outcomes import Plan, all_edits, table
from mien.evaluation.protocol.page import heading
from mien.evaluation.protocol.report import bar_tables, protocol_tables, report_of, write_all
from mien.evaluation.protocol.rows import Interval
from mien.evaluation.protocol.strips import best_and_worst, exemplar_strips, given_and_made, in_a_row
from mien.evaluation.protocol.subsets import subset_edits

USUAL_SIZE = 256


@dataclass(frozen=True, eq=False)
class Setup:
    """What an evaluation works with.

    Attributes:
        folder: of all that is written; made if it is missing. The same folder again resumes.
        sets: pictures by the name of their set.
        gauge: networks that measure.
        size: side at which everything is measured; None for that of the smallest editor, or 256 px.
        limit: pictures of each set that are edited, evenly spaced; None for all.
        list_from: folder of a list to use instead of an own one.
        chains: pictures of each set that editors edit ten times in a row.
        interval: of all figures; its seed is also that of the list.
        parser: labels faces.
        progress: is told what is being done.
    """

    folder: Path
    sets: Mapping[str, Sequence[Picture]]
    gauge: Gauge
    size: int | None = None
    limit: int | None = None
    list_from: Path | None = None
    chains: int = 12
    interval: Interval = field(default_factory=Interval)
    parser: FaceParser = field(default_factory=FaceParser.bundled)
    progress: Progress = lambda what, done, total: None

    def bench(self, models: Sequence[Model]) -> Bench:
        """Everything that edits need.

        Raises:
            SaveError: the folder cannot be made.
            DataError: its journal is damaged.
            ConfigError: two models share a name.
        """
        names = [model.name for model in models]
        for name in names:
            if names.count(name) > 1:
                raise ConfigError(f"Two models are called {name}; write label=... before one of them.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SaveError(f"Cannot make the folder {self.folder}: {error.strerror}; choose another.") from error
        sizes = [model.size for model in models if model.size is not None]
        size = self.size or min(sizes, default=USUAL_SIZE)
        studio = Studio(self.sets, self.parser)
        return Bench(studio, self.gauge, self.folder, Journal(self.folder / JOURNAL, code_of), size, self.progress)

    def items(self, bench: Bench, families: Sequence[str], sets: Sequence[str] | None = None) -> ItemList:
        """The fixed list; of all sets where none are named.

        Raises:
            DataError, ConfigError: a list from elsewhere does not fit.
        """
        if self.list_from is None:
            studio, seed = bench.studio, self.interval.seed
            return fixed_list(studio, families, bench.size, self.folder, sets=sets, limit=self.limit, seed=seed)
        items = read_list(self.list_from)
        if items.size != bench.size:
            raise ConfigError(f"The list in {self.list_from} is for {items.size} px; give --size {items.size}.")
        check_list(items, bench.studio)
        return items


def run_protocol(
    setup: Setup,
    models: Sequence[Model],
    families: Sequence[str],
    configurations: Sequence[Configuration],
    command: str = "",
) -> dict[str, Any]:
    """The paper's protocol, and editors ten times in a row; writes the report.

    Args:
        setup: what to work with.
        models: who edits.
        families: see :func:`mien.evaluation.protocol.families.family_names`.
        configurations: see :func:`mien.evaluation.protocol.configurations.configurations`.
        command: is printed in the report.

    Returns:
        The report, as in ``report.json``.

    Raises:
        MienError: something cannot be read, edited or written.
    """
    bench = setup.bench(models)
    items = setup.items(bench, families)
    plan = Plan(models, configurations, items, setup.interval)
    outcomes = all_edits(bench, plan)
    rows = table(bench, plan, outcomes)
    body = [heading("Layers and results"), *given_and_made(bench, items, outcomes)]
    body += [heading("Best and worst"), *best_and_worst(bench, outcomes), heading("Ten edits in a row")]
    for model in models:
        for set_name in setup.sets if model.facts()["kind"] == "editor" else ():
            chains = chains_of(Exam(bench, model, items, set_name, setup.interval), setup.chains)
            rows += incremental_rows(bench, set_name, model.name, chains, setup.interval)
            body += [heading(f"{model.name}, {set_name}", 3), *in_a_row(bench, chains)]
    report = report_of("mien-protocol", bench, items, models, setup.interval, rows, command)
    write_all(report, setup.folder, "Local face editing, by mask and modality", [*protocol_tables(rows), *body])
    return report


def run_bars(
    setup: Setup,
    model: Model,
    rivals: Sequence[Model],
    without_bank: Model | None = None,
    pairs_set: str | None = None,
    command: str = "",
) -> dict[str, Any]:
    """Every bar of one editor on the first set; writes the report.

    Args:
        setup: what to work with.
        model: the editor.
        rivals, without_bank, pairs_set: see :class:`Examination`.
        command: is printed in the report.

    Returns:
        The report, as in ``report.json``.

    Raises:
        MienError: something cannot be read, edited or written.
    """
    models = [model, *rivals, *([without_bank] if without_bank else [])]
    bench = setup.bench(models)
    first = next(iter(setup.sets))
    items = setup.items(bench, FAMILIES, [first])
    exam = Exam(bench, model, items, first, setup.interval)
    rows = Examination(exam, rivals, without_bank, pairs_set, setup.limit, setup.chains).rows()
    report = report_of("mien-bars", bench, items, models, setup.interval, rows, command)
    shown = [heading("Subsets"), *given_and_made(bench, items, subset_edits(exam, MIXED))]
    shown += [heading("After another person"), *exemplar_strips(exam, FACE)]
    shown += [heading("Ten edits in a row"), *in_a_row(bench, chains_of(exam, setup.chains))]
    write_all(report, setup.folder, f"The bars of {model.name}", [*bar_tables(rows), *shown])
    return report
