"""The server as a deployment of Ray Serve: replicas come and go with the load, each with networks of its process.

from ray import serve
from mien.serve.cluster import deployment
serve.run(deployment(folder="/shared/mien", token="...", hosts=("mien.example",)), route_prefix="/")
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mien.errors import ConfigError
from mien.serve.settings import ServeSettings

BUSY = 2
"""Requests of a replica from which another one is started."""


def deployment(
    *,
    folder: str | Path,
    replicas: tuple[int, int] = (1, 4),
    cores: float = 1,
    gpus: float = 0,
    editor: str = "bundled",
    device: str = "cpu",
    **settings: Any,
) -> Any:
    """What ``ray.serve.run`` takes.

    Args:
        folder: where sessions are kept; every node must see it.
        replicas: least and most of them.
        cores, gpus: of each.
        editor, device: see :meth:`mien.editor.Editor.from_pretrained`.
        **settings: of :class:`mien.serve.settings.ServeSettings`; on a GPU, 8 crops are painted together (``batch``).

    Raises:
        ConfigError: Ray is not installed, or a setting that cannot be.
    """
    try:
        from ray import serve
    except ImportError as error:
        raise ConfigError('A deployment needs Ray; run: pip install "mien[ray]".') from error
    given = ServeSettings(folder=Path(folder), warm=True, **{"batch": 8 if gpus else 1, **settings})
    scaling = {"min_replicas": replicas[0], "max_replicas": replicas[1], "target_ongoing_requests": BUSY}
    options = {"num_cpus": cores, "num_gpus": gpus}
    wrapped = serve.ingress(_builder(given, editor, device))(type("Mien", (), {}))
    made = serve.deployment(wrapped, autoscaling_config=scaling, ray_actor_options=options)
    return made.bind()


def _builder(settings: ServeSettings, editor: str, device: str) -> Callable[[], Any]:
    """Builds the application where it runs: networks do not travel."""

    def build() -> Any:
        from mien.editor import Editor
        from mien.serve.app import build_app

        return build_app(settings, lambda: Editor.from_pretrained(editor, device=device))

    return build
