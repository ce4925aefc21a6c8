"""A batch on a Ray cluster: class actors with an editor each, as many as there is work for, through Ray Data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from mien.batch.plan import Item, Plan
from mien.batch.work import Done, Worker
from mien.errors import ConfigError

BLOCK = 4
"""Photos that are handed out at once: what a worker that dies has to make again."""


class _Actor:
    """What Ray starts on a node; rows are plain dictionaries."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.work = Worker(Plan(**plan))

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        done = self.work(Item(str(row["source"]), str(row["target"])))
        return {**asdict(done.item), "reason": done.reason, "seconds": done.seconds}


def run_on_ray(
    plan: Plan, items: Sequence[Item], workers: tuple[int, int], address: str | None = None
) -> Iterator[Done]:
    """As :func:`mien.batch.local.run_local`; photos and results have to be where every node finds them.

    Args:
        plan, items: of the batch.
        workers: least and most actors.
        address: of a cluster; None for the one that the environment names, or this machine.

    Raises:
        ConfigError: Ray is not installed.
    """
    try:
        import ray
        from ray import data
    except ImportError as error:
        raise ConfigError('A cluster needs Ray; run: pip install "mien[ray]".') from error
    if not ray.is_initialized():
        ray.init(address=address, log_to_driver=False, include_dashboard=False)
    data.DataContext.get_current().enable_progress_bars = False
    rows = data.from_items([asdict(item) for item in items], override_num_blocks=-(-len(items) // BLOCK))
    made = rows.map(
        _Actor,
        fn_constructor_args=(asdict(plan),),
        compute=data.ActorPoolStrategy(min_size=workers[0], max_size=workers[1]),
        num_cpus=plan.threads,
    )
    for row in made.iter_rows():
        yield Done(Item(row["source"], row["target"]), row["reason"], row["seconds"])
