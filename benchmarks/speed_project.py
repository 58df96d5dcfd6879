"""A project of its own with prepared images, for a benchmark to train in."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.stage_times import ROOT, copy_project

CLASSES = 10
FOREIGN = ("MLFLOW_", "DVC_", "PIPELINE_")  # what the caller's settings for other projects begin with


@dataclass(frozen=True)
class Size:
    """A size of images with the network and the batch that go with it.

    Attributes:
        side: of the images, in pixels.
        batch: images per step.
        network: Hydra overrides.
        of_peak: the target for the bare step, as a share of the measured bfloat16 peak.
    """

    side: int
    batch: int
    network: tuple[str, ...]
    of_peak: float


SIZES = {
    32: Size(32, 128, ("model=googlenet_small", "model.width=1.0"), 0.70),
    224: Size(224, 32, ("model=googlenet_bn",), 0.80),
}


def environment() -> dict[str, str]:
    """Return the environment of everything that is measured: on the processor, with no store but the project's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {
        "PYTHONPATH": os.pathsep.join(paths),
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def make_project(folder: Path, size: Size, train: int, validation: int, settings: Sequence[str]) -> None:
    """Copy the project to `folder`, make images there, compose the settings and prepare the data.

    Args:
        folder: empty.
        size: of images and network.
        train: training images.
        validation: validation images.
        settings: Hydra overrides besides those for data and network.
    """
    copy_project(folder)
    for split, count in (("train", train), ("val", validation), ("test", CLASSES)):
        make_images(folder / "photos" / split, size.side, count)
    data = ["data=folder", "data.path=photos", f"data.height={size.side}", f"data.width={size.side}"]
    run(folder, "pipeline.params", *data, *size.network, f"recipe.batch_size={size.batch}", *settings)
    run(folder, "pipeline.prepare")


def make_images(folder: Path, side: int, count: int) -> None:
    """Write `count` JPEGs of noise, each class around a grey of its own, so that there is something to learn."""
    draws = np.random.default_rng([side, count])
    for index in range(count):
        label = index % CLASSES
        grey = 40 + 160 * label // CLASSES
        pixels = draws.integers(grey - 40, grey + 40, (side, side, 3)).clip(0, 255).astype(np.uint8)
        target = folder / f"class{label}" / f"{index:05d}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(target)


def run(folder: Path, module: str, *arguments: str) -> None:
    """Run a command of the project; exit with its words if it fails."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{module} failed: {done.stderr.strip()}")
