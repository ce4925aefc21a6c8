"""Networks run by ONNX Runtime: a small graph whose weights are those of the folder's ``model.safetensors``."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from mien.checkpoints.store import GRAPH, WEIGHTS, load_config, stored_array, verify_once
from mien.engine import PROVIDERS
from mien.errors import ConfigError, CorruptCheckpointError
from mien.interrupt import checkpoint
from mien.packages import need_torch
from mien.threads import available_threads
from mien.types import Float32

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from mien.engine.base import Network

Config = TypeVar("Config")


class GraphNetwork(Generic[Config]):
    """An exported graph as a :class:`mien.engine.base.Network`; on the CPU.

    Args:
        path: of the graph; its weights lie beside it, and belong to it.
        kind: of the network.
        config: what built it.
        digest: of graph and weights.
        engine: of ONNX Runtime's, see :data:`mien.engine.ENGINES`.
    """

    def __init__(self, path: Path, kind: str, config: Config, digest: bytes, engine: str = "onnx") -> None:
        self._path, self._kind, self._config, self._digest, self._engine = path, kind, config, digest, engine
        self._session, self._process = open_session(path, engine=engine), os.getpid()
        self._given = [one.name for one in self._session.get_inputs()]
        self._left: list[InferenceSession] = []

    @classmethod
    def load(
        cls,
        folder: Path,
        kind: str,
        read: Callable[[dict[str, Any]], Config],
        name: str = GRAPH,
        engine: str = "onnx",
    ) -> GraphNetwork[Config]:
        """Out of a folder.

        Args:
            folder: that mien saved.
            kind: of the network.
            read: makes what built it of the folder's configuration.
            name: of the graph's file.
            engine: see the class.

        Raises:
            CheckpointError: no such folder, damaged, or graph and weights that do not belong together.
            ConfigError: the folder has no graph, or ONNX Runtime is missing.
        """
        values = load_config(folder, kind)
        path, graphs = folder / name, values.get("graphs")
        entry = graphs.get(name) if isinstance(graphs, dict) else None
        if not isinstance(entry, dict) or not path.is_file():
            raise ConfigError(f"{folder} has no graph for ONNX Runtime; choose --engine torch.")
        verify_once(folder, values)
        if entry.get("weights") != values["sha256"]:
            raise CorruptCheckpointError(f"{path} was made for other weights; export it again.")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != entry.get("sha256"):
            raise CorruptCheckpointError(f"{path} does not match its checksum; fetch the folder again.")
        digest = hashlib.blake2b(f"{found} {values['sha256']}".encode(), digest_size=20).digest()
        return cls(path, kind, read(values), digest, engine)

    @property
    def config(self) -> Config:
        """See :class:`mien.engine.base.Network`."""
        return self._config

    def __call__(self, images: Float32, *others: Float32) -> tuple[Float32, ...]:
        """See :class:`mien.engine.base.Network`; graphs with several inputs take them in the order of the graph."""
        if self._process != os.getpid():  # threads do not survive a fork, and closing a session waits for them
            self._left.append(self._session)
            self._session, self._process = open_session(self._path, 1, self._engine), os.getpid()
        checkpoint()
        return tuple(self._session.run(None, dict(zip(self._given, (images, *others), strict=True))))

    def weight(self, name: str) -> Float32:
        """See :class:`mien.engine.base.Network`."""
        return stored_array(self._path.with_name(WEIGHTS), name)

    def fingerprint(self) -> bytes:
        """See :class:`mien.engine.base.Network`."""
        return self._digest

    def to(self, device: str) -> Network[Any]:
        """Elsewhere than on the CPU, torch runs the module that the graph was exported from."""
        if device == "cpu":
            return self
        need_torch(f"Computing on '{device}'")
        from mien.engine.eager import load_module

        return load_module(self._path.parent, self._kind).to(device)


def open_session(path: Path, threads: int | None = None, engine: str = "onnx") -> InferenceSession:
    """A graph, ready to run.

    Args:
        path: of the graph; its weights lie beside it.
        threads: that compute; None for :func:`available_threads`.
        engine: says what else than the CPU computes.

    Raises:
        ConfigError: ONNX Runtime is missing, or cannot compute there.
        CorruptCheckpointError: it cannot be run.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise ConfigError("ONNX Runtime is not installed; run: pip install onnxruntime.") from error
    providers, (_, _, place) = ["CPUExecutionProvider"], engine.partition(":")
    if place:
        providers.insert(0, PROVIDERS[place])
        if providers[0] not in onnxruntime.get_available_providers():
            raise ConfigError(f"This ONNX Runtime cannot use {place}; install one that can, or choose --engine onnx.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads or available_threads(), 1
    options.log_severity_level = 3
    # Idle threads sleep: between two networks, OpenCV needs the cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=list(dict.fromkeys(providers)))
    except Exception as error:  # of many kinds, all its own
        reason = " ".join(str(error).split())[:120]
        raise CorruptCheckpointError(f"{path} cannot be run ({reason}); fetch its folder again.") from error
