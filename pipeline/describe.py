"""Print what a configured network is and needs: `python -m pipeline.describe [overrides]`."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.command import run_command
from pipeline.base.paths import PREPARED, project_root
from pipeline.config.compose import compose
from pipeline.config.params_file import read_params
from pipeline.config.parse import parse_config
from pipeline.config.schema.pipeline_schema import Config

if TYPE_CHECKING:
    from pipeline.topology.paper_table import PaperComparison
    from pipeline.topology.parts import Part
    from pipeline.training.estimate import TrainingEstimate

COMMAND = "python -m pipeline.describe"
IMAGENET = 1000  # classes, if there is no prepared data


@dataclass(frozen=True)
class NetworkDescription:
    """A network's parts, memory and time of its training, its classes, and training images (None: unknown)."""

    config: Config
    parts: "list[Part]"
    estimate: "TrainingEstimate"
    policy: str
    classes: int
    images: int | None


def main(config: Config, root: Path, classes: int | None = None, *, measure: bool = False) -> NetworkDescription:
    """Build the configured network and find what it costs.

    Args:
        config: which network, data and recipe.
        root: the project's folder; prepared data that is the configured one gives the number of classes and images.
        classes: number of classes; None for that of the prepared data, or ImageNet's 1,000.
        measure: time three real training steps.
    """
    from pipeline.base.tensorflow_import import import_tensorflow

    import_tensorflow()
    import keras

    from pipeline.model.network_parts import network_parts
    from pipeline.training.estimate import estimate_training
    from pipeline.training.networks.build_network import build_network
    from pipeline.training.precision import choose_precision

    policy = choose_precision(config.recipe.precision)[0]
    keras.config.set_dtype_policy(policy)
    shape = (config.data.height, config.data.width, config.data.channels)
    prepared, images = _prepared(root, config)
    classes = classes or prepared or IMAGENET
    model = build_network(config.model, shape, classes, steps=100, fast=True)
    estimate = estimate_training(model, config.recipe, policy, measure=measure)
    return NetworkDescription(config, network_parts(model), estimate, policy, classes, images)


def published() -> "list[PaperComparison]":
    """Return the network of 2014 beside the paper's Table 1."""
    from pipeline.base.tensorflow_import import import_tensorflow

    import_tensorflow()
    from pipeline.model import googlenet
    from pipeline.model.network_parts import network_parts
    from pipeline.topology.paper_table import compare_with_paper

    return compare_with_paper(network_parts(googlenet(normalization="lrn", auxiliary_heads="paper")))


def _prepared(root: Path, config: Config) -> tuple[int | None, int | None]:
    """Return the number of classes and training images of the prepared data, if it is the configured data."""
    if not (root / PREPARED / "dataset.json").is_file() or read_params(root).data != config.data:
        return None, None
    from pipeline.data.dataset import Dataset

    dataset = Dataset(root / PREPARED)
    return len(dataset.info.classes), len(dataset.rows("train"))


def sentences(described: NetworkDescription) -> list[str]:
    """Return the lines below the table: views if there are several, classes, memory, time."""
    from pipeline.model import VIEWS

    config, estimate = described.config, described.estimate
    assumed = "" if described.images or described.classes != IMAGENET else "   (--classes N for another number)"
    images = described.images or 1000
    weights, activations = estimate.weights / 1e6, estimate.activations / 1e6
    how = "measured on 3 steps" if estimate.measured else "estimated from a matrix product; --time measures real steps"
    views = VIEWS[config.model.views]
    many_views = [f"views    {views} of each image: a prediction costs {views} times these multiply-adds"]
    ensemble = [f"ensemble averaged with {', '.join(config.model.ensemble)}, whose cost is not in this table"]
    return [
        *(many_views if views > 1 else []),
        *(ensemble if config.model.ensemble else []),
        f"classes  {described.classes:,}{assumed}",
        f"memory   {weights + activations:,.0f} MB to train: {weights:,.0f} for weights, gradients and optimizer, "
        f"{activations:,.0f} for a batch of {config.recipe.batch_size}",
        f"time     {estimate.seconds_per_image * images:,.1f} s for an epoch of {images:,} images in "
        f"{described.policy} ({how})",
    ]


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Print layers, shapes, parameters, multiply-adds, memory and time of the network of conf/ and the\n"
        "overrides (not of params.yaml).",
        epilog=f"examples:\n  {COMMAND} model=googlenet_bn data=folder data.path=photos\n  {COMMAND} --paper\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("overrides", nargs="*", help="Hydra overrides: GROUP=CHOICE or KEY=VALUE")
    parser.add_argument("--classes", type=int, help="number of classes (default: as in the prepared data, else 1,000)")
    parser.add_argument("--time", action="store_true", help="time three real training steps")
    parser.add_argument("--paper", action="store_true", help="print only the comparison with the paper's Table 1")
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
        _print("paper_markdown" if arguments.markdown else "paper_table", published())
        return
    root = project_root()
    config = parse_config(compose(root, arguments.overrides), "conf/")
    described = main(config, root, arguments.classes, measure=arguments.time)
    _print("parts_table", described.parts)
    print("\n" + "\n".join(sentences(described)))


def _print(table: str, rows: Any) -> None:
    from rich.console import Console

    from pipeline.report import network_tables

    Console(highlight=False, width=100, soft_wrap=True).print(getattr(network_tables, table)(rows))


if __name__ == "__main__":
    run_command(_command)
