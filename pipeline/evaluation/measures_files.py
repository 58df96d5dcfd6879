"""The files that hold what was measured on the network itself."""

from dataclasses import asdict
from pathlib import Path

import pandas as pd

from pipeline.base.files import write_json
from pipeline.base.formats.csv_table import write_csv
from pipeline.evaluation.network_measures import NetworkMeasures

ROBUSTNESS, COST = "robustness.csv", "cost.json"


def write_measures(measures: NetworkMeasures, folder: Path) -> None:
    """Write robustness.csv, a row per corruption and strength, and cost.json.

    Args:
        measures: of the network.
        folder: where the files go.
    """
    columns = ["corruption", "strength", "setting", "images", "accuracy", "accuracy_low", "accuracy_high"]
    rows = [
        (one.corruption, one.strength, one.setting, one.images, *vars(one.accuracy).values())
        for one in measures.robustness
    ]
    write_csv(pd.DataFrame(rows, columns=columns), folder / ROBUSTNESS)
    write_json(folder / COST, asdict(measures.cost))
