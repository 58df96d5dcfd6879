"""How often `pipeline.monitor` raises an alarm: `python -m benchmarks.evaluation.monitor_alarms PROJECT`.

Draws sets of images 200 times from images of one kind, compares each with the model's reference, and prints the share
of draws that alarm: with all measures, and by the network's embedding alone (the energy distance that the monitor uses,
and for comparison the distance to the fifth nearest reference image). Measures are computed once. Image sizes and
sharpness are left out: the images are prepared ones, all of one size.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.evaluation.changed_images import changed_images
from pipeline.base.command import run_command
from pipeline.base.digests import file_digest
from pipeline.base.errors import PipelineError
from pipeline.base.paths import MODEL, OPENVINO, PREPARED
from pipeline.base.progress_bar import ProgressBar
from pipeline.data.dataset import Dataset
from pipeline.monitoring.comparison import NewImages, alarms, compare_images
from pipeline.monitoring.reference.image_reference import ImageReference
from pipeline.monitoring.reference.image_table import ImageTable, measured_table
from pipeline.monitoring.reference.reference_builder import build_reference, probabilities_and_features
from pipeline.monitoring.shift.measure_shift import LEVEL
from pipeline.monitoring.shift.shift_test import value_gap
from pipeline.monitoring.shown.unusual_images import neighbor_distances
from pipeline.runtime.engine.openvino_engine import OpenVinoEngine

SIZES = (50, 200)
LEFT_OUT = ("width", "height", "aspect", "sharpness")
MEASURES_LEFT = 5  # tests of one comparison: Holm's first step divides the level by their number
GAP = 0.2
BATCH = 32


def measured(engine: OpenVinoEngine, reference: ImageReference, pixels: NDArray[np.uint8]) -> ImageTable:
    """Return the measures of prepared images, uint8 (n, height, width, channels)."""
    parts = []
    for start in range(0, len(pixels), BATCH):
        part = pixels[start : start + BATCH]
        probabilities, features = probabilities_and_features(engine, part)
        places = reference.space.places(features) if reference.space else features
        side = np.ones(len(part), np.int64)
        parts.append(measured_table(side, side, part, probabilities, places))
    return ImageTable.joined(parts)


def draws(number: int, images: int, draw: int, labels: NDArray[np.int32] | None) -> Iterator[NDArray[np.int64]]:
    """Yield rows of images drawn without replacement.

    Args:
        number: of images to draw from.
        images: in a draw.
        draw: number of draws.
        labels: classes of the images; each draw is then of one class, which chance decides. None: of all.
    """
    for seed in range(draw):
        generator = np.random.default_rng([seed, images])
        rows = np.arange(number)
        if labels is not None:
            rows = np.flatnonzero(labels == generator.choice(np.unique(labels)))
        yield generator.permutation(rows)[:images]


def alarm_shares(
    table: ImageTable, reference: ImageReference, images: int, draw: int, labels: NDArray[np.int32] | None
) -> list[float]:
    """Return the shares of draws that alarm: all measures, without the mix of classes, the two embedding tests."""
    counts, held_out = np.zeros(4), neighbor_distances(reference.held_out.embedding, reference, own=1)
    distances = neighbor_distances(table.embedding, reference)
    for rows in draws(len(table), images, draw, labels):
        new = NewImages(table.take(rows), np.full(len(rows), np.nan))
        found = {shift.measure.name for shift in alarms(compare_images(new, reference, LEFT_OUT))}
        nearest = value_gap(-distances[rows], -held_out, lower_only=True)
        far = nearest.p_value * MEASURES_LEFT <= LEVEL and nearest.effect > GAP
        counts += [bool(found), bool(found - {"class_mix"}), "embedding" in found, far]
    return [float(count) / draw for count in counts]


def main(project: Path, draw: int, console: Console) -> None:
    """Print the table for a project's trained model."""
    dataset, engine = Dataset(project / PREPARED), OpenVinoEngine(project / OPENVINO)
    reference = build_reference(engine, dataset, file_digest(project / MODEL))
    if reference.space is None:
        raise PipelineError(f"{project / OPENVINO} has no pooled features: train it again with dvc repro --force train")
    kinds, labels = changed_images(dataset, seed=0)
    tables = {name: measured(engine, reference, pixels) for name, pixels in kinds.items()}
    console.print(
        f"{dataset.info.name}, {len(dataset.info.classes)} classes, {draw} draws; reference: "
        f"{len(reference.held_out):,} held-out and {len(reference.training):,} training images",
        soft_wrap=True,
    )
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("images", "N", "alarm", "--ignore class_mix", "energy distance alone", "nearest images alone"):
        shown.add_column(head, justify="left" if head == "images" else "right")
    cases = [(name, table, None) for name, table in tables.items()] + [("one class", tables["test images"], labels)]
    with ProgressBar("draws", len(cases) * len(SIZES) * draw, "draws", Console(stderr=True)) as bar:
        for name, table, classes in cases:
            for size in SIZES:
                shares = alarm_shares(table, reference, size, draw, classes)
                shown.add_row(name, str(size), *(f"{share:.1%}" for share in shares))
                bar.advance(draw)
    console.print(shown)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path, nargs="?", default=Path(), help="folder of a project (default: .)")
    parser.add_argument("--draws", type=int, default=200, help="draws of each kind and size (default: %(default)s)")
    options = parser.parse_args()
    run_command(lambda: main(options.project, options.draws, Console(width=110, highlight=False)))
