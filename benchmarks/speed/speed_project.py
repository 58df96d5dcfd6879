"""A separate project with prepared images, for the benchmark to train in."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.environment import benchmark_environment
from benchmarks.stage_times import copy_project

CLASSES = 10


@dataclass(frozen=True)
class Size:
    """A size of images, with the network and the batch size that go with it.

    Attributes:
        side: of the images, in pixels.
        batch: images per step.
        network: Hydra overrides that choose the network.
        peak_target: target for the bare training step, as a share of the measured bfloat16 peak.
    """

    side: int
    batch: int
    network: tuple[str, ...]
    peak_target: float


SIZES = {
    32: Size(32, 128, ("model=googlenet_small", "model.width=1.0"), 0.70),
    224: Size(224, 32, ("model=googlenet_bn",), 0.80),
}


def make_project(
    folder: Path, size: Size, train: int, validation: int, settings: Sequence[str], test: int = CLASSES
) -> None:
    """Copy the project to `folder`, make images there, compose the settings and prepare the data.

    Args:
        folder: empty.
        size: of images and network.
        train: number of training images.
        validation: number of validation images.
        settings: Hydra overrides besides those for data and network.
        test: number of test images.
    """
    copy_project(folder)
    for split, count in (("train", train), ("val", validation), ("test", test)):
        make_images(folder / "photos" / split, size.side, count)
    data = ["data=folder", "data.path=photos", f"data.height={size.side}", f"data.width={size.side}"]
    run_module(folder, "pipeline.params", *data, *size.network, f"recipe.batch_size={size.batch}", *settings)
    run_module(folder, "pipeline.prepare")


def make_images(folder: Path, side: int, count: int) -> None:
    """Write JPEGs of noise in folders by class; each class has a gray level, so that there is something to learn.

    Args:
        folder: of the split.
        side: of the images, in pixels.
        count: number of images.
    """
    generator = np.random.default_rng([side, count])
    for index in range(count):
        label = index % CLASSES
        gray = 40 + 160 * label // CLASSES
        pixels = generator.integers(gray - 40, gray + 40, (side, side, 3)).clip(0, 255).astype(np.uint8)
        target = folder / f"class{label}" / f"{index:05d}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(target)


def run_module(folder: Path, module: str, *arguments: str, **variables: str) -> None:
    """Run a command of the project in `folder`; exit with its error output if it fails.

    Args:
        folder: the project's.
        module: such as `pipeline.prepare`.
        arguments: of the command line.
        variables: of the environment, besides those of benchmarks.
    """
    environment = benchmark_environment() | variables
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if process.returncode:
        sys.exit(f"{module} failed: {process.stderr.strip()}")
