"""A stage of its own kind, as somebody else would write it: one number learns how bright the pictures are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from mien.data import Feed
from mien.training.devices import Devices
from mien.training.options import nested, option
from mien.training.phases import Phase, Step, lazy_adam
from mien.training.report import Progress
from mien.training.settings import AdamConfig, Run
from mien.training.stages.feeds import build_feed
from mien.types import UInt8


@dataclass(frozen=True)
class ToyConfig:
    size: int = option(32, "Side of the pictures.", least=1)
    batch: int = option(2, "Pictures per step.", least=1)
    adam: AdamConfig = nested(AdamConfig(0.1))
    seed: int = 0


@dataclass(frozen=True)
class ToyRun(Run):
    stage: ToyConfig = nested(ToyConfig)

    def build(self, devices: Devices) -> tuple[Feed, ToyStage]:
        c = self.stage
        return build_feed(self.data, c.size, c.batch, devices), ToyStage(c, devices)


class ToyStage:
    def __init__(self, config: ToyConfig, devices: Devices) -> None:
        self.level, self.rng = nn.ParameterDict({"level": torch.zeros(())}), torch.Generator(devices.device)
        self.optimiser = lazy_adam(self.level, config.adam)

    @property
    def phases(self) -> list[Phase]:
        return [Phase("toy", self.level, self.optimiser, 1, self.loss)]

    @property
    def parts(self) -> dict[str, Any]:
        return {"level": self.level, "level.optimiser": self.optimiser}

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        error = (step.reals.mean() - self.level["level"]).square()
        return error, {"error": error}

    def finish_step(self, step: Step) -> Mapping[str, float]:
        return {}

    def preview(self) -> dict[str, UInt8]:
        return {}

    def export(self, run: Path, progress: Progress) -> None:
        (run / "level.txt").write_text(f"{self.level['level'].item():.4f}\n", encoding="utf-8")
