"""The steps of the network in PyTorch, and the settings that may be the fastest on this machine."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import nn

from benchmarks.worker import Measurement, measure
from pipeline.runtime.engine.cores import cpu_flags
from pipeline.training.precision import CPU_BFLOAT16


@dataclass(frozen=True)
class Setting:
    """One way to run a step.

    Attributes:
        name: in the report.
        threads: that PyTorch uses.
        step: to measure.
    """

    name: str
    threads: int
    step: Callable[[], Any]

    def measure(self, images: int, seconds: float) -> Measurement:
        """Measure the step, of `images` images, for `seconds`."""
        torch.set_num_threads(self.threads)
        return measure(self.step, images, seconds, minimum=1)


def training_step(model: nn.Module, pixels: Any, targets: Any, smoothing: float) -> Callable[[Any, bool], float]:
    """Return a training step: a function of the network, and whether it runs in bfloat16, that returns the loss.

    Args:
        model: whose weights it updates.
        pixels: uint8 (batch, channels, height, width).
        targets: one-hot, float32 (batch, classes).
        smoothing: of the labels.
    """
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.05, fused=True)

    def step(network: Any, bfloat16: bool) -> float:
        network.train()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            loss = nn.functional.cross_entropy(network(_scaled(pixels)), targets, label_smoothing=smoothing)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


def prediction_step(pixels: Any) -> Callable[[Any, bool], Any]:
    """Return a prediction of probabilities: a function of the network, and whether it runs in bfloat16."""

    def step(network: Any, bfloat16: bool) -> Any:
        network.eval()
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            return network(_scaled(pixels)).float().softmax(1).numpy()

    return step


def bfloat16_weights(model: nn.Module, pixels: Any) -> Setting:
    """Return the prediction of a copy of `model` whose weights are bfloat16."""
    network = copy.deepcopy(model).bfloat16().eval()

    def step() -> Any:
        with torch.inference_mode():
            return network(_scaled(pixels).bfloat16()).float().softmax(1).numpy()

    return Setting("bfloat16 throughout", torch.get_num_threads(), step)


def common_settings(model: nn.Module, step: Callable[[Any, bool], Any], *, compiling: bool) -> list[Setting]:
    """Return the settings that are worth trying for training and for prediction.

    Args:
        model: the network.
        step: a function of the network, and whether it runs in bfloat16.
        compiling: whether `torch.compile` is tried.
    """
    threads, precisions = torch.get_num_threads(), {"float32": False}
    if has_bfloat16():
        precisions = {"bfloat16": True, **precisions}
    settings = [Setting(name, threads, partial(step, model, bfloat16)) for name, bfloat16 in precisions.items()]
    first, bfloat16 = next(iter(precisions.items()))
    if threads > 1:  # if other processes use the cores, PyTorch's threads wait for each other
        settings.append(Setting(f"{first} on one thread fewer", threads - 1, partial(step, model, bfloat16)))
    if compiling:
        settings.append(Setting(f"{first} compiled", threads, partial(step, torch.compile(model), bfloat16)))
    return settings


def has_bfloat16() -> bool:
    """Return whether this CPU has bfloat16 instructions; without them PyTorch is many times slower in bfloat16."""
    return bool(CPU_BFLOAT16 & cpu_flags())


def fastest_setting(settings: Sequence[Setting], images: int) -> tuple[Setting, str]:
    """Return the fastest setting, and the images per second of all of them in words."""
    rates = {setting.name: setting.measure(images, 1.0).rate for setting in settings}
    best = max(settings, key=lambda setting: rates[setting.name])
    return best, ", ".join(f"{name} {rate:.0f}" for name, rate in rates.items())


def _scaled(pixels: Any) -> Any:
    return pixels.float() / 127.5 - 1.0
