"""How well a line tells fake from real: U-IDS and P-IDS (Zhao et al., 2021).

A linear support vector machine learns to separate the features of both sets.

    U-IDS = ½ P(real taken for fake) + ½ P(fake taken for real), on the training pictures themselves
    P-IDS = P(the fake looks more real to the machine than the picture that it was made from)

0 means that all are told apart, ½ that none is. With fewer than twice as many pictures as features any two sets can be
separated (Cover, 1965): both are then 0 and say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mien.errors import ConfigError, DataError
from mien.evaluation.estimate import Estimate, mean
from mien.quiet import without_warnings
from mien.types import Float32, Float64


@dataclass(frozen=True, eq=False)
class Separability:
    """What the machine says: positive is real.

    Attributes:
        fake: (N,) signed distance from the boundary.
        real: (M,) likewise.
    """

    fake: Float64
    real: Float64

    def unpaired(self) -> Estimate:
        """U-IDS in [0, ½]."""
        wrong = [(self.fake > 0).astype(np.float64), (self.real <= 0).astype(np.float64)]
        total = sum(map(len, wrong))
        # Each side weighs one half, whatever its number.
        contributions = np.concatenate([side * (total / (2 * len(side))) for side in wrong])
        return Estimate(float(np.mean([side.mean() for side in wrong])), contributions)

    def paired(self) -> Estimate:
        """P-IDS in [0, 1]; row i of both sets must belong together.

        Raises:
            DataError: not as many fakes as real pictures.
        """
        if len(self.fake) != len(self.real):
            raise DataError(f"P-IDS needs pairs, not {len(self.fake)} and {len(self.real)} pictures.")
        return mean((self.fake > self.real).astype(np.float64))


def is_informative(fakes: int, reals: int, dimension: int) -> bool:
    """Whether there are enough pictures for U-IDS and P-IDS to say anything."""
    return fakes + reals > 2 * dimension


def separate(features: Float32, reference: Float32) -> Separability:
    """Trains the machine: squared hinge loss, L2 penalty, C = 1, primal (liblinear), as the paper's code does.

    Args:
        features: (N, D) of the fakes.
        reference: (M, D) of real pictures; either side weighs the same, whatever its number.

    Raises:
        DataError: one side is empty.
        ConfigError: scikit-learn is not installed.
    """
    if not len(features) or not len(reference):
        raise DataError("U-IDS needs pictures on either side; give more.")
    try:
        from sklearn.svm import LinearSVC
    except ImportError as error:
        raise ConfigError("U-IDS needs scikit-learn; install it with pip install 'mien[evaluate]'.") from error
    samples = np.concatenate([reference, features])
    targets = np.repeat([1, 0], [len(reference), len(features)])
    machine = LinearSVC(dual=False, class_weight="balanced")
    with without_warnings():  # that it did not converge: the published figure stops there, too
        machine.fit(samples, targets)
    scores: Float64 = machine.decision_function(samples)
    return Separability(fake=scores[len(reference) :], real=scores[: len(reference)])
