"""The champion's predictions for today's test images: kept by its run, or computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.base.errors import PipelineError, StoreError
from pipeline.base.paths import PREPARED
from pipeline.config.schema.pipeline_schema import Config
from pipeline.data.dataset import Dataset
from pipeline.evaluation.named_models.predictions_file import read_predictions
from pipeline.evaluation.predicted_images import image_probabilities
from pipeline.evaluation.predictions_table import predictions_table
from pipeline.inference.engine.keras_engine import KerasEngine
from pipeline.inference.model_files import ModelFiles
from pipeline.lifecycle.champion.class_changes import class_changes
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.tracking.models.source_models import download_keras_file
from pipeline.tracking.runs.evaluated_run import find_run, logged_predictions
from pipeline.tracking.store import check_server, tracking_uri

BATCH = 128  # images; the results do not depend on it
KEY = ["digest", "label"]
OF_AN_IMAGE = ["path", "digest", "position", "split", "label"]


class IncomparableError(PipelineError):
    """The champion cannot be compared with the new version; the message says why."""


@dataclass(frozen=True)
class ChampionPredictions:
    """The champion's predictions for today's test images.

    Attributes:
        table: a predictions table of test images.
        fitted: digests of images that the champion was trained or validated on, as far as its table has them.
    """

    table: pd.DataFrame
    fitted: frozenset[str]


def champion_predictions(uri: str, test: pd.DataFrame, config: Config, root: Path) -> ChampionPredictions:
    """Return the champion's predictions for today's test images.

    They come from its run's table where that has exactly these images with these labels. Otherwise the registered model
    classifies the prepared images, with Keras as evaluate does.

    Args:
        uri: of the champion, `models:/NAME/VERSION`.
        test: the new version's predictions table, test images only.
        config: the settings.
        root: the project's folder.

    Raises:
        IncomparableError: its classes or images are others, or its files are gone.
        StoreError: the tracking server does not answer.
    """
    dataset = Dataset(root / PREPARED)
    try:
        table = _kept_table(uri, dataset.info.classes, config, root)
        fitted = frozenset(table.loc[table["split"] != "test", "digest"])
        kept = table[table["split"] == "test"]
        if _same_images(kept, test):
            return ChampionPredictions(kept, fitted)
        new = test[~test["digest"].isin(fitted)]
        if new.empty:
            raise IncomparableError("it was trained or validated on all test images of today")
        return ChampionPredictions(_computed_table(uri, new, dataset), fitted)
    except (IncomparableError, StoreError):
        raise
    except PipelineError as error:
        check_server(tracking_uri(config.tracking, root))  # files of a server that is down are not gone
        raise IncomparableError(str(error)) from None


def _kept_table(uri: str, classes: Sequence[str], config: Config, root: Path) -> pd.DataFrame:
    """Return the table that the champion's own evaluation left in its run, with a column `split`."""
    run = find_run(uri, config.tracking, root)
    assert run is not None
    with logged_predictions(run) as (file, _):
        table, own_classes = read_predictions(file, f"the table of {run.title}")
    if changes := class_changes(own_classes, classes):
        raise IncomparableError(changes)
    return table if "split" in table else table.assign(split="test")


def _same_images(kept: pd.DataFrame, test: pd.DataFrame) -> bool:
    """Return whether two tables have the same images with the same labels, each as often."""
    ordered = [table[KEY].sort_values(KEY).reset_index(drop=True) for table in (kept, test)]
    return ordered[0].astype(str).equals(ordered[1].astype(str))


def _computed_table(uri: str, test: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """Return the predictions table that the registered model gives for prepared test images."""
    file, _ = download_keras_file(uri, "the champion")
    spec, wanted = ModelFiles(uri, file, None).spec(), dataset.info.model_spec
    if changes := class_changes(spec.classes, wanted.classes):
        raise IncomparableError(changes)
    if spec.preprocessing != wanted.preprocessing:
        raise IncomparableError(
            f"it takes other images ({_described(spec.preprocessing)}) than those prepared now "
            f"({_described(wanted.preprocessing)}), and its own evaluation had other test images"
        )
    index = {name: number for number, name in enumerate(wanted.classes)}
    rows = test[OF_AN_IMAGE].assign(class_index=test["label"].map(index).astype(np.int32))
    positions = rows["position"].to_numpy(np.int64)
    print("the champion classifies today's test images")
    probabilities = image_probabilities(KerasEngine(file), dataset.shards, positions, BATCH)
    return predictions_table(rows, probabilities, wanted.classes)


def _described(preprocessing: Preprocessing) -> str:
    height, width, channels = preprocessing.shape
    return f"{height}×{width}, {'color' if channels > 1 else 'gray'}, {preprocessing.resize}"
