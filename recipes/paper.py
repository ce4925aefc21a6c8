"""The paper's model with the paper's training: what its text states, or public code of its authors (docs/fidelity.md).

    mien import ffhq.pkl --out generator
    python -m recipes.paper encoder --data FFHQ --weights NETWORKS --generator FOLDER --out runs/paper
    python -m recipes.paper warping ...
    python -m recipes.paper painter ...

Nobody has run this to its end here: the paper needed a month on a V100. ``python -m benchmarks.paper_step`` runs one
step of each stage at full size. NETWORKS is a folder with ``lpips_vgg.pth`` and ``model_ir_se50.pth``; FFHQ is a
prepared set with 60,000 images in the split "train". What differs from :mod:`recipes.editor`, which made the bundled
weights: no images are varied or dyed, masks are free-form only, every sample has an exemplar, hints are not confined to
the mask, no absolute error, a plain discriminator with the logistic loss and R1, and every loss counts at every step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mien.conditions.dropping import Dropping
from mien.training.editing.masks import EditMasks
from mien.training.editing.sample import SampleConfig
from mien.training.editing.variation import Variation
from mien.training.settings import AdamConfig, CriticConfig, DataConfig, LoopConfig
from mien.training.stages.editing_run import EditingRun
from mien.training.stages.editing_settings import EncoderConfig, PainterConfig, WarpingConfig
from recipes.editor import NONE, Places, main

IMAGES = 800_000 * 8
"""Steps times batch, for each of warping and painter."""

SAMPLE = SampleConfig(
    masks=EditMasks(boxes=0.0, strokes=0.0, regions=0.0, whole=0.0),
    dropping=Dropping(absent=0.5, whole=0.0),
    inside=0.0,
    exemplar=1.0,
    other=0.15,
    dyed=0.0,
)
AS_IT_IS = Variation(share=0.0)


def encoder(at: Places) -> EditingRun:
    """Algorithm 1, the losses of e4e but for its latent discriminator; Adam instead of its Ranger."""
    return EditingRun(
        data=DataConfig(at.data),
        stage=EncoderConfig(batch=8, adam=AdamConfig(1e-4, (0.9, 0.999)), sample=SAMPLE, variation=AS_IT_IS),
        loop=LoopConfig(images=200_000 * 8),
        perceptual=at.weights / "lpips_vgg.pth",
        identity=at.weights / "model_ir_se50.pth",
        preset="paper-256",
        generator=at.generator,
    )


def warping(at: Places) -> EditingRun:
    """Algorithm 2: equations 9 to 13."""
    stage = WarpingConfig(batch=8, adam=AdamConfig(), sample=SAMPLE, variation=AS_IT_IS)
    run = replace(encoder(at), stage=stage, loop=LoopConfig(images=IMAGES))
    return replace(run, generator=None, editor=at.editor("encoder"))


def painter(at: Places) -> EditingRun:
    """Algorithm 3: equations 18 to 24."""
    stage = PainterConfig(
        batch=8,
        adam=AdamConfig(),
        sample=SAMPLE,
        variation=AS_IT_IS,
        projected=NONE,
        plain=CriticConfig("stylegan2", augment="none", r1_gamma=10.0),
        absolute=0.0,
        perceptual=0.5,
        identity=0.1,
        attribute=0.1,
        foreign=0.0,
        identity_interval=1,
        attribute_interval=1,
    )
    return replace(warping(at), stage=stage, editor=at.editor("warping"))


RUNS: dict[str, Callable[[Places], EditingRun]] = {run.__name__: run for run in (encoder, warping, painter)}

if __name__ == "__main__":
    main(RUNS, __doc__)
