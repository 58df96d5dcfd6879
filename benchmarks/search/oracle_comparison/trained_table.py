"""The table: every network of the small space trained with each seed, its validation accuracy and loss by epoch."""

import csv
import multiprocessing
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.search.oracle_comparison.small_space import (
    SEEDS,
    Key,
    combination_key,
    combinations,
    seeded,
    small_search,
)
from benchmarks.stage_times import ROOT
from pipeline.base.progress_bar import ProgressBar

if TYPE_CHECKING:
    from pipeline.data.dataset import Dataset

TABLE = ROOT / "docs/oracle_comparison.csv"
CURVES = ("val_accuracy", "val_loss")
FOLDER = "COMPARISON_FOLDER"  # where the pool's processes prepare their images
THREADS = dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Training:
    """A training of the table.

    Attributes:
        cpu_seconds: processor time: building, tracing, training and validation.
        curves: `val_accuracy` and `val_loss`, one number for each epoch.
    """

    cpu_seconds: float
    curves: dict[str, list[float]]


def read_table(file: Path = TABLE) -> dict[Key, dict[int, Training]]:
    """Return the trainings by values and seed; none if there is no file."""
    table: dict[Key, dict[int, Training]] = {}
    if not file.exists():
        return table
    for row in csv.DictReader(file.read_text().splitlines()):
        curves = {name: [float(number) for number in row.pop(name).split()] for name in CURVES}
        seed, seconds = int(row.pop("seed")), float(row.pop("cpu_seconds"))
        table.setdefault(combination_key(row, list(row)), {})[seed] = Training(seconds, curves)
    return table


def train_table(file: Path, processes: int) -> None:
    """Train what the table lacks, and append it row by row; may be stopped and started again.

    Args:
        file: the table.
        processes: that train side by side, with one thread each.
    """
    known, tasks = read_table(file), []
    for values in combinations(small_search()):
        done = known.get(combination_key(values, list(values)), {})
        tasks += [(values, seed) for seed in SEEDS if seed not in done]
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, ProgressBar("training the table", len(tasks), "networks") as bar:
        os.environ |= {**THREADS, FOLDER: folder}  # for the pool
        with context.Pool(processes) as pool:
            for row in pool.imap_unordered(_train, tasks):
                _append(file, row)
                bar.advance(1)


def _append(file: Path, row: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    new = not file.exists()
    with file.open("a", newline="") as table:
        writer = csv.DictWriter(table, list(row), lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)


def _train(task: tuple[dict[str, Any], int]) -> dict[str, Any]:
    """Train one network in a process of the pool; return its row."""
    from pipeline.search.space import apply_values
    from pipeline.search.trial import train_trial
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    values, seed = task
    dataset, config = _digits(), small_search()
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        checkpoints = CheckpointStore(Path(folder), "table")
        trial = seeded(apply_values(config, values), seed)
        history = train_trial(dataset, trial, "val_accuracy", checkpoints, lambda _: None).history
    curves = {name: " ".join(f"{epoch[name]:.5f}" for epoch in history) for name in CURVES}
    return {**values, "seed": seed, "cpu_seconds": round(time.process_time() - began, 2), **curves}


@cache
def _digits() -> "Dataset":
    from pipeline.base.tensorflow_import import import_tensorflow

    import_tensorflow()
    from benchmarks.evaluation.planted_digits import prepared_digits
    from pipeline.data.sources.digits import digit_records

    folder = Path(tempfile.mkdtemp(dir=os.environ[FOLDER]))
    return prepared_digits(digit_records(), small_search(), folder / "images")
