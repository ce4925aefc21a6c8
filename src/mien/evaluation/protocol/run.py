"""A whole evaluation: a folder with the list, the edits, the journal, and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mien.checkpoints.clip import load_clip
from mien.conditions.parser import FaceParser
from mien.data import Picture
from mien.errors import ConfigError
from mien.evaluation.compare import Progress
from mien.evaluation.estimate import Interval
from mien.evaluation.features import load_features
from mien.evaluation.metrics import Judges
from mien.evaluation.perceptual import load_distance
from mien.evaluation.protocol.configurations import Configuration
from mien.evaluation.protocol.edits import JOURNAL, EditStore
from mien.evaluation.protocol.faces import FaceSets
from mien.evaluation.protocol.journal import Journal
from mien.evaluation.protocol.lists import ItemList, check_list, fixed_list, read_list
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.outcomes import Plan, all_edits, table
from mien.evaluation.protocol.page import heading
from mien.evaluation.protocol.report import protocol_tables, report_of, write_all
from mien.evaluation.protocol.samples import best_and_worst, given_and_made
from mien.evaluation.report import make_folder

USUAL_SIZE = 256


@dataclass(frozen=True, eq=False)
class Setup:
    """What an evaluation works with.

    Attributes:
        folder: of all that is written; made if it is missing. The same folder again resumes.
        sets: pictures by the name of their set.
        judges: networks that measure.
        size: side at which everything is measured; None for that of the smallest editor, or 256 px.
        limit: pictures of each set that are edited, evenly spaced; None for all.
        list_from: folder of a list to use instead of an own one.
        interval: of all figures; its seed is also that of the list.
        parser: labels faces.
        progress: is told what is being done.
    """

    folder: Path
    sets: Mapping[str, Sequence[Picture]]
    judges: Judges
    size: int | None = None
    limit: int | None = None
    list_from: Path | None = None
    interval: Interval = field(default_factory=Interval)
    parser: FaceParser = field(default_factory=FaceParser.bundled)
    progress: Progress = lambda what, done, total: None

    def store(self, models: Sequence[Model]) -> EditStore:
        """Everything that edits need.

        Raises:
            SaveError: the folder cannot be made.
            DataError: its journal cannot be read.
            ConfigError: two models share a name.
        """
        names = [model.name for model in models]
        for name in names:
            if names.count(name) > 1:
                raise ConfigError(f"Two models are called {name}; write label=... before one of them.")
        make_folder(self.folder)
        sizes = [model.size for model in models if model.size is not None]
        size = self.size or min(sizes, default=USUAL_SIZE)
        faces = FaceSets(self.sets, self.parser)
        return EditStore(faces, self.judges, self.folder, Journal(self.folder / JOURNAL), size, self.progress)

    def items(self, store: EditStore, families: Sequence[str], sets: Sequence[str] | None = None) -> ItemList:
        """The fixed list; of all sets where none are named.

        Raises:
            DataError, ConfigError: a list from elsewhere does not fit.
        """
        if self.list_from is None:
            faces, seed = store.faces, self.interval.seed
            return fixed_list(faces, families, store.size, self.folder, sets=sets, limit=self.limit, seed=seed)
        items = read_list(self.list_from)
        if items.size != store.size:
            raise ConfigError(f"The list in {self.list_from} is for {items.size} px; give --size {items.size}.")
        check_list(items, store.faces)
        return items


def run_protocol(
    setup: Setup,
    models: Sequence[Model],
    families: Sequence[str],
    configurations: Sequence[Configuration],
    command: str = "",
) -> dict[str, Any]:
    """The paper's protocol; writes the report.

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
    store = setup.store(models)
    items = setup.items(store, families)
    plan = Plan(models, configurations, items, setup.interval)
    outcomes = all_edits(store, plan)
    rows = table(store, plan, outcomes)
    body = [heading("Layers and results"), *given_and_made(store, items, outcomes)]
    body += [heading("Best and worst"), *best_and_worst(store, outcomes)]
    report = report_of("mien-protocol", store, items, models, setup.interval, rows, command)
    write_all(report, setup.folder, "Local face editing, by mask and modality", [*protocol_tables(rows), *body])
    return report


def load_judges(
    perceptual: Sequence[Path],
    identity: Sequence[Path],
    features: Sequence[Path],
    clip: str | Path | None,
    *,
    trust_code: bool = False,
) -> Judges:
    """Networks from their files, which may be TorchScript if ``trust_code``.

    Raises:
        MienError: see :func:`load_distance`, :func:`load_features` and :func:`load_clip`.
    """
    distances = [load_distance(file, trust_code=trust_code) for file in perceptual]
    faces, sets = ([load_features(file, trust_code=trust_code) for file in files] for files in (identity, features))
    return Judges(distances, faces, sets, None if clip is None else load_clip(clip))
