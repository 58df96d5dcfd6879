"""What the train stage left that the page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.base.digests import SHORT
from pipeline.base.paths import HISTORY, RUN, TRAIN_METRICS
from pipeline.base.stage_files.stage_output import read_stage_output, read_stage_table
from pipeline.report.evaluation.evaluation_content import ModelLineage


@dataclass(frozen=True)
class TrainedModel:
    """A training's results.

    Attributes:
        record: run_id, model_digest, minutes, lineage (tags).
        metrics: parameters, multiply_adds, epochs, best_epoch, …
        history: a row per epoch.
        overrides: what was set besides conf/.
    """

    record: Mapping[str, Any]
    metrics: Mapping[str, Any]
    history: pd.DataFrame
    overrides: Sequence[str]

    def lineage(self, data_digest: str, test_digest: str) -> ModelLineage:
        """Return where the model comes from.

        Args:
            data_digest: of the prepared data.
            test_digest: of the test images.
        """
        tags = self.record["lineage"]
        digests = {
            "Data": data_digest[:SHORT],
            "Test images": test_digest[:SHORT],
            "Settings": str(tags.get("params.digest", "")),
            "Model": str(self.record["model_digest"])[:SHORT],
        }
        return ModelLineage.from_tags(tags, self.overrides, str(self.record["run_id"]), digests)


def read_trained_model(root: Path, overrides: Sequence[str]) -> TrainedModel:
    """Return what the train stage left.

    Args:
        root: the project's folder.
        overrides: what was set besides conf/.

    Raises:
        PipelineError: it has not run.
    """
    record, metrics = read_stage_output(root / RUN, "train"), read_stage_output(root / TRAIN_METRICS, "train")
    return TrainedModel(record, metrics, read_stage_table(root / HISTORY, "train"), overrides)
