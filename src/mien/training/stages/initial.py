"""Starting from other weights: the same networks at the same or at a lower resolution."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from mien.checkpoints.generator import load_generator
from mien.errors import ConfigError, UnknownCheckpointError
from mien.models.stylegan2 import Generator, GeneratorConfig, grow_generator
from mien.training.folder import CONFIG, read_settings
from mien.training.snapshots import Snapshots


def initialise(folder: Path, generator: Generator, others: Mapping[str, nn.Module]) -> tuple[Generator, Generator]:
    """The generator and its average with the weights of ``folder``, grown to the resolution asked for.

    Args:
        folder: another run (its newest snapshot is used), or a generator saved in our store.
        generator: freshly made.
        others: discriminators and posterior, freshly made, by the name of their part; they get their weights from
            ``folder``, too, where it has some.

    Raises:
        UnknownCheckpointError: the folder is neither.
        CorruptCheckpointError: its settings are damaged.
        ConfigError: what is there cannot grow into what is asked for.
    """
    if not (folder / CONFIG).is_file():
        return _grown(load_generator(folder), generator), _grown(load_generator(folder), generator)
    state = Snapshots(folder).latest()
    if state is None:
        raise UnknownCheckpointError(f"{folder} has no snapshot yet; give a run that has saved one.")
    parts, small = state["parts"], GeneratorConfig.from_dict(read_settings(folder, "generator"))
    try:
        current, average = Generator(small), Generator(small)
        current.load_state_dict(parts["generator"])
        average.load_state_dict(parts["generator.ema"])
        for name, network in others.items():
            if name in parts:
                grows = small.resolution < generator.config.resolution and name != "projected"
                _take(network, parts[name], grows=grows)
    except (KeyError, RuntimeError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"A network of the run in {folder} has other widths than the one asked for; "
            "use the same settings, or start from that run's generator folder."
        ) from error
    return _grown(current, generator), _grown(average, generator)


def _grown(network: Generator, wanted: Generator) -> Generator:
    small = network.config
    while network.config.resolution < wanted.config.resolution:
        network = grow_generator(network)
    if network.config != wanted.config:
        raise ConfigError(
            f"The {small.resolution} px generator to start from has other widths than the one asked for; "
            "use the preset it was trained with, at the same or twice the resolution."
        )
    return network.train().requires_grad_(True)


def _take(network: nn.Module, state: Mapping[str, Tensor], *, grows: bool) -> None:
    """Weights of a network of the same or, where it grows, of a lower resolution: all but the layer that reads RGB."""
    into = network.state_dict()
    taken = {name: value for name, value in state.items() if not (grows and name.startswith("from_rgb."))}
    if not grows or any(into[name].shape != value.shape for name, value in taken.items()):
        into = {}  # the loading then says what does not fit
    network.load_state_dict({**into, **taken})
