"""Print what a configured network is and needs: `python -m pipeline.describe [overrides]`."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.command import run
from pipeline.base.paths import project_root
from pipeline.config.check import check
from pipeline.config.compose import compose
from pipeline.config.params_file import read_params
from pipeline.config.schema import Config

if TYPE_CHECKING:
    from pipeline.model.fidelity import Compared
    from pipeline.model.parts import Part
    from pipeline.training.estimate import Needs

COMMAND = "python -m pipeline.describe"
PREPARED = "outputs/prepare/images"
IMAGENET = 1000  # classes, where no prepared data tells


@dataclass(frozen=True)
class Described:
    """A network's parts, what training it needs, its classes, and how many images an epoch has (None: unknown)."""

    config: Config
    parts: "list[Part]"
    needs: "Needs"
    policy: str
    classes: int
    images: int | None


def main(config: Config, root: Path, classes: int | None = None, *, measure: bool = False) -> Described:
    """Build the configured network and find what it costs.

    Args:
        config: which network, data and recipe.
        root: the project's, where the prepared data, if it is the configured, tells classes and images.
        classes: how many; None for as many as the prepared data has, or ImageNet's 1,000.
        measure: time three real training steps.
    """
    from pipeline.base.quiet import import_tensorflow

    import_tensorflow()
    import keras

    from pipeline.model.parts import parts
    from pipeline.training.estimate import needs
    from pipeline.training.network import build
    from pipeline.training.precision import choose

    policy = choose(config.recipe.precision)[0]
    keras.config.set_dtype_policy(policy)
    shape = (config.data.height, config.data.width, config.data.channels)
    prepared, images = _prepared(root, config)
    classes = classes or prepared or IMAGENET
    model = build(config.model, shape, classes, steps=100, fast=True)
    return Described(
        config, parts(model), needs(model, config.recipe, policy, measure=measure), policy, classes, images
    )


def published() -> "list[Compared]":
    """Return the network of 2014 beside the paper's Table 1."""
    from pipeline.base.quiet import import_tensorflow

    import_tensorflow()
    from pipeline.model import googlenet
    from pipeline.model.fidelity import fidelity

    return fidelity(googlenet(normalization="lrn", auxiliary_heads="paper"))


def _prepared(root: Path, config: Config) -> tuple[int | None, int | None]:
    """Return how many classes and training images the prepared data has, if it is the configured data."""
    if not (root / PREPARED / "dataset.json").is_file() or read_params(root).data != config.data:
        return None, None
    from pipeline.data.dataset import Dataset

    dataset = Dataset(root / PREPARED)
    return len(dataset.description.classes), len(dataset.rows("train"))


def sentences(described: Described) -> list[str]:
    """Return the lines below the table: views where there are several, classes, memory, time."""
    from pipeline.model import VIEWS

    config, needed = described.config, described.needs
    assumed = "" if described.images or described.classes != IMAGENET else "   (--classes N for another number)"
    batch, mega, images = config.recipe.batch_size, 1_000_000, described.images or 1000
    how = "measured on 3 steps" if needed.measured else "estimated from a matrix product; --time measures real steps"
    views = VIEWS[config.model.views]
    told = [f"views    {views} of each image in use: a prediction costs {views} times these multiply-adds"]
    averaged = [f"ensemble averaged with {', '.join(config.model.ensemble)} in use, whose cost is not in this table"]
    return [
        *(told if views > 1 else []),
        *(averaged if config.model.ensemble else []),
        f"classes  {described.classes:,}{assumed}",
        f"memory   {(needed.weights + needed.activations) / mega:,.0f} MB to train: {needed.weights / mega:,.0f} for "
        f"weights, gradients and optimiser, {needed.activations / mega:,.0f} for a batch of {batch}",
        f"time     {needed.seconds_per_image * images:,.1f} s for an epoch of {images:,} images in {described.policy} "
        f"({how})",
    ]


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Print layers, shapes, parameters, multiply-adds, memory and time of the network that conf/ gives.",
        epilog=f"examples: {COMMAND} model=googlenet_bn data=folder data.path=photos   {COMMAND} --paper",
    )
    parser.add_argument("overrides", nargs="*", help="Hydra overrides: GROUP=CHOICE or KEY=VALUE")
    parser.add_argument("--classes", type=int, help="build it for so many; else as prepared, else 1,000")
    parser.add_argument("--time", action="store_true", help="time three real training steps")
    parser.add_argument("--paper", action="store_true", help="only: the network of 2014 beside the paper's Table 1")
    parser.add_argument("--markdown", action="store_true", help="with --paper: as the table in docs/network.md")
    arguments = parser.parse_args()
    if arguments.markdown and not arguments.paper:
        parser.error("--markdown goes with --paper")
    if arguments.classes is not None and arguments.classes < 1:
        parser.error(f"--classes must be at least 1, got {arguments.classes}")
    if arguments.paper and (arguments.overrides or arguments.classes or arguments.time):
        parser.error("--paper stands alone: it is about one network")
    return arguments


def _command() -> None:
    arguments = _parse()
    if arguments.paper:
        _print("fidelity_markdown" if arguments.markdown else "fidelity_table", published())
        return
    root = project_root()
    config = check(compose(root, arguments.overrides), "conf/")
    described = main(config, root, arguments.classes, measure=arguments.time)
    _print("parts_table", described.parts)
    print("\n" + "\n".join(sentences(described)))


def _print(table: str, rows: Any) -> None:
    from rich.console import Console

    from pipeline.report import network

    Console(highlight=False, width=100, soft_wrap=True).print(getattr(network, table)(rows))


if __name__ == "__main__":
    run(_command)
