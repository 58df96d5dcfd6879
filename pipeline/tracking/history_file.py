"""The history of a training as a table that DVC plots."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from pipeline.base.files import atomic_file
from pipeline.base.stage_files.stage_output import read_stage_table


def write_history(history: Sequence[Mapping[str, float]], path: Path) -> None:
    """Write one row per epoch (CSV): epoch, loss, accuracy, val_loss, val_accuracy, learning_rate."""
    table = pd.DataFrame(history).astype({"epoch": int})
    with atomic_file(path) as partial:
        table.to_csv(partial, index=False, float_format="%.6g")


def read_history(path: Path) -> list[dict[str, float]]:
    """Read what `write_history` wrote."""
    table = read_stage_table(path, "train")
    return [{str(key): float(value) for key, value in row.items()} for row in table.to_dict("records")]
