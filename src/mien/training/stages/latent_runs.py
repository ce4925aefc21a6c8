"""Runs of MM2Latent's stages: their settings, and what they are built from. Data are pairs (``mien data sample``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.errors import ConfigError
from mien.models.mm2latent.config import SPATIAL, MappingConfig, spatial
from mien.training.options import nested, option
from mien.training.settings import AdamConfig, Run

if TYPE_CHECKING:
    from mien.data.pairs import PairFeed, Pairs, Render
    from mien.models.mm2latent.mapping import Mapping
    from mien.models.mm2latent.text import TextScale
    from mien.models.stylegan2 import Generator
    from mien.training.devices import Devices
    from mien.training.phases import Step
    from mien.training.stages.autoencoder import AutoencoderStage
    from mien.training.stages.mapping import MappingStage
    from mien.training.vector_bank import VectorBank

SHOWN, CENTRES = 12, 32
"""Pairs of a preview, which are not trained on; centers of the codes."""


@dataclass(frozen=True)
class AutoencoderConfig:
    """Attributes:
    modality: which of :data:`mien.models.mm2latent.config.SPATIAL`.
    batch: pairs per step.
    adam: of the network.
    ema_half_life: of its average, in pairs.
    seed: of weights and order.
    """

    modality: str = option("semantic", "What is encoded:", choices=SPATIAL)
    batch: int = option(64, "Pairs per step.", least=1)
    adam: AdamConfig = nested(AdamConfig(0.002, (0.9, 0.99)))
    ema_half_life: float = option(10_000.0, "Half-life of the averaged network, in pairs.", name="ema", least=0)
    seed: int = option(0, "Of weights and order.")


@dataclass(frozen=True)
class MappingStageConfig:
    """Attributes:
    form: "one" for every subset, or the paper's "pair".
    pair: of the form "pair": the modality beside text.
    plus: whether there is a code for every layer.
    fixed: keep the encoders as they are, as the paper does.
    candidates: noises that are tried for every pair; the nearest learns.
    absolute, cosine: weights of the losses on w.
    perceptual, identity: weights of the losses on pictures.
    pictures: pairs per step of which pictures are made; 0 for none.
    mixed: share of the pairs whose text is another's.
    nearest: of a CLIP's vectors: pseudo text is one of so many nearest of a bank; 0: the picture's own, with noise.
    consistency: weight of what a code's judge says of what is given, see :mod:`mien.training.code_judge`.
    prior: weight of the code's distance from the mean, beyond that of samples, in the space where they are white.
    decay: pairs after which the rate has fallen to a hundredth, along a cosine; 0 for no fall.
    batch, adam, ema_half_life, seed: as elsewhere.
    """

    form: str = option("one", "One network for every subset, or the paper's for each pair:", choices=("one", "pair"))
    pair: str = option("semantic", "Of the form pair: what is given beside text.", choices=SPATIAL)
    plus: bool = option(False, "Map to W+, a code for every layer.")
    fixed: bool = option(False, "Keep the encoders as they are.")
    candidates: int = option(6, "Noises that are tried for every pair; the nearest learns.", least=1)
    absolute: float = option(1.0, "Weight of the absolute error of codes.", least=0)
    cosine: float = option(1.0, "Weight of the codes' angle.", least=0)
    perceptual_weight: float = option(1.0, "Weight of the pictures' distance.", least=0)
    identity_weight: float = option(0.1, "Weight of the identity loss.", least=0)
    pictures: int = option(8, "Pairs per step of which pictures are made; 0 for none.", least=0)
    mixed: float = option(0.4, "Share of the pairs whose text is another's.", least=0, most=1)
    nearest: int = option(0, "With --clip: words are one of so many nearest vectors of a bank; 0: noise.", least=0)
    consistency: float = option(1.0, "Weight of agreement with the given, told from codes; 0: none.", least=0)
    prior: float = option(0.5, "Weight of staying among the generator's codes.", least=0)
    decay: int = option(0, "Pairs over which the rate falls to a hundredth; 0: it stays.", least=0)
    batch: int = option(128, "Pairs per step.", least=1)
    adam: AdamConfig = nested(AdamConfig(0.001, (0.9, 0.99)))
    ema_half_life: float = option(20_000.0, "Half-life of the averaged network, in pairs.", name="ema", least=0)
    seed: int = option(0, "Of weights and order.")


@dataclass(frozen=True)
class AutoencoderRun(Run):
    """An autoencoder's run; attributes as of :class:`mien.training.settings.Run`."""

    stage: AutoencoderConfig = nested(AutoencoderConfig)

    def build(self, devices: Devices) -> tuple[PairFeed, AutoencoderStage]:  # type: ignore[override]
        """See the base class."""
        from mien.data.pairs import load_pairs
        from mien.models.mm2latent.encoders import Autoencoder
        from mien.models.mm2latent.render import triangulate
        from mien.training.stages.autoencoder import AutoencoderStage

        pairs, shape = load_pairs(self.data.path), spatial()[self.stage.modality]
        render = renderer(triangulate(pairs.points.mean(0)), spatial()["geometry"].side)
        feed, shown = _feeds(pairs, self.stage, devices, render)
        return feed, AutoencoderStage(self.stage, Autoencoder(shape), devices, shown)


@dataclass(frozen=True)
class MappingRun(Run):
    """A mapping network's run.

    Attributes:
        data, stage, loop: see :class:`mien.training.settings.Run`.
        generator: the saved one that the pairs were sampled from.
        semantic, sketch, geometry: saved autoencoders; without one an encoder starts from nothing.
        init: a saved mapping network to go on from.
        bank: vectors of other pictures by the same CLIP, .npy, for ``stage.nearest``; None: those of the pairs.
        perceptual: file of a distance of two batches; None to do without pictures.
        identity: file of a face embedding.
    """

    stage: MappingStageConfig = nested(MappingStageConfig)
    generator: str = option("portrait-generator", "The generator that the pairs were sampled from.", kind=str)
    semantic: Path | None = option(None, "An autoencoder of semantic maps.")
    sketch: Path | None = option(None, "An autoencoder of sketches.")
    geometry: Path | None = option(None, "An autoencoder of geometry.")
    init: Path | None = option(None, "A saved mapping network to go on from.")
    bank: Path | None = option(None, "Vectors of pictures by the same CLIP, .npy, for --nearest; none: the pairs'.")
    perceptual: Path | None = option(None, "Distance of two batches, such as LPIPS; none: codes alone count.")
    identity: Path | None = option(None, "Face embedding; none: do without.")

    def build(self, devices: Devices) -> tuple[PairFeed, MappingStage]:  # type: ignore[override]
        """See the base class."""
        import torch

        from mien.checkpoints.generator import KIND, load_generator
        from mien.checkpoints.hub import find_folder
        from mien.checkpoints.store import load_config
        from mien.data.pairs import differ, load_facts, load_pairs
        from mien.training.code_judge import Statistics
        from mien.training.stages.mapping import MappingStage
        from mien.training.teachers import load_teachers

        pairs, facts = load_pairs(self.data.path), load_facts(self.data.path)
        if differ(facts["sha256"], load_config(find_folder(self.generator), KIND).get("sha256", "")):
            raise ConfigError(f"The pairs in {self.data.path} are of {facts['generator']}, not of {self.generator}.")
        generator = load_generator(self.generator)
        network, text = self._network(pairs, tuple(facts["numbers"]), generator)
        render = renderer(network.triangles.numpy(), network.config.encoders["geometry"].side)
        feed, shown = _feeds(pairs, self.stage, devices, render)
        dtype = devices.dtype(self.loop.autocast)
        trust, teachers = self.trust_code, None
        if self.perceptual is not None and self.stage.pictures:
            teachers = load_teachers(self.perceptual, self.identity, devices.device, dtype, trust_code=trust)
        known = Statistics(torch.from_numpy(pairs.w), torch.from_numpy(pairs.points))
        named, words = (self.generator, generator), self._words(pairs)
        return feed, MappingStage(self.stage, network, text, named, teachers, devices, shown, known, words)

    def _words(self, pairs: Pairs) -> VectorBank | None:
        """The bank of pseudo text, if one is asked for."""
        from mien.training.vector_bank import VectorBank, read_bank

        if not self.stage.nearest:
            return None
        if not pairs.embedding.shape[1]:
            raise ConfigError(f"--nearest is for a CLIP's vectors; {self.data.path} was sampled without --clip.")
        vectors = pairs.embedding if self.bank is None else read_bank(self.bank, pairs.embedding.shape[1])
        return VectorBank.of(vectors, self.stage.nearest)

    def _network(self, pairs: Pairs, names: tuple[str, ...], generator: Generator) -> tuple[Mapping, TextScale]:
        import torch

        from mien.checkpoints.generator import load_generator
        from mien.checkpoints.mm2latent import load_autoencoder, load_mapping
        from mien.models.mm2latent.mapping import build_mapping
        from mien.models.mm2latent.render import triangulate
        from mien.models.mm2latent.text import TextScale
        from mien.models.stylegan2 import cluster_centres

        if pairs.w.shape[1] != generator.config.w_dim:
            raise ConfigError(f"The pairs in {self.data.path} are not of the generator {self.generator}.")
        if self.init is not None:
            network, text, trained_for = load_mapping(self.init)
            _check_alike(load_generator(trained_for), generator, self.init)
            return network, text
        length = pairs.embedding.shape[1]
        text = TextScale(length=length) if length else TextScale.of(names, pairs.numbers)
        triangles, w, c = triangulate(pairs.points.mean(0)), torch.from_numpy(pairs.w), self.stage
        config = MappingConfig(w.shape[1], generator.config.codes, text.width, plus=c.plus, form=c.form, pair=c.pair)
        config = replace(config, triangles=len(triangles), centres=min(CENTRES, len(w)))
        network = build_mapping(config)
        network.triangles.copy_(torch.from_numpy(triangles))
        network.w_mean.copy_(w.mean(0))
        network.w_scale.copy_(w.std(0) + 1e-4)
        network.centres.copy_(cluster_centres(w, config.centres))
        for name in SPATIAL:
            if (folder := getattr(self, name)) is not None:
                network.encoders[name].load_state_dict(load_autoencoder(folder, name).encoder.state_dict())
        return network, text


def _check_alike(one: Generator, other: Generator, init: Path) -> None:
    """Raises ConfigError unless two generators have the same weights, but for rounding to half precision."""
    import torch

    a, b = one.state_dict(), other.state_dict()
    if one.config != other.config or not all(torch.allclose(a[n], b[n], rtol=2e-3, atol=1e-5) for n in a):
        raise ConfigError(
            f"{init} was trained for another generator; leave --init out, or give that one as --generator."
        )


def renderer(triangles: Any, side: int) -> Render:
    """Meshes -> maps of geometry as bytes."""
    import numpy as np
    import torch

    from mien.models.mm2latent.render import render
    from mien.pixels import round_to_bytes

    mesh = torch.from_numpy(np.asarray(triangles, np.float32))

    @torch.no_grad()
    def rendered(points: Any) -> Any:
        maps = render(torch.from_numpy(points), mesh, side)
        return round_to_bytes(maps).numpy()

    return rendered


def _feeds(
    pairs: Pairs, stage: AutoencoderConfig | MappingStageConfig, devices: Devices, render: Callable[[Any], Any]
) -> tuple[PairFeed, Step]:
    """What is trained on, and the last pairs as a step for previews."""
    import numpy as np

    from mien.data.pairs import PairFeed
    from mien.pixels import scale_bytes
    from mien.training.phases import Step

    if devices.world != 1:
        raise ConfigError("This stage is small: train it with one process.")
    if len(pairs) <= SHOWN:
        raise ConfigError(f"{len(pairs)} pairs are too few; sample more with 'mien data sample'.")
    shown = PairFeed(pairs.part(slice(-SHOWN, None)), SHOWN, render).at(range(SHOWN), np.random.default_rng(0))
    to = devices.device
    others = {name: value.to(to) for name, value in shown.others.items()}
    assert shown.labels is not None
    step = Step(0, 0, SHOWN, scale_bytes(shown.pictures).to(to), shown.labels.to(to), others)
    return PairFeed(pairs.part(slice(0, -SHOWN)), stage.batch, render, stage.seed), step
