"""scikit-learn's digits with wrong labels, and the predictions of a network that was trained on them."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.config.schema.pipeline_schema import Config
from pipeline.data.record import SPLITS, Record

if TYPE_CHECKING:
    from pipeline.data.dataset import Dataset


def planted_labels(labels: Sequence[str], share: float, seed: int) -> list[str]:
    """Return labels of which a share is replaced by another class, each other class with the same probability.

    Args:
        labels: the true ones.
        share: of labels to replace.
        seed: of the choice.
    """
    random, classes, planted = np.random.default_rng(seed), sorted(set(labels)), list(labels)
    for place in random.choice(len(labels), round(share * len(labels)), replace=False).tolist():
        planted[place] = str(random.choice([name for name in classes if name != labels[place]]))
    return planted


def planted_predictions(config: Config, share: float, seed: int) -> pd.DataFrame:
    """Train on the digits with wrong labels in all splits; return the predictions table of all images.

    Args:
        config: of the digits.
        share: of labels that are wrong.
        seed: of the choice of wrong labels.

    Returns:
        A predictions table with the further column `truth`, the true label.
    """
    from pipeline.data.sources.digits import digit_records

    records = digit_records()
    planted = planted_labels([record.label for record in records], share, seed)
    truth = {record.path: record.label for record in records}
    wrong = [replace(record, label=label) for record, label in zip(records, planted, strict=True)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return _trained_table(prepared_digits(wrong, config, folder / "images"), config, folder, truth)


def prepared_digits(records: list[Record], config: Config, folder: Path) -> "Dataset":
    """Pack and split the digits.

    Args:
        records: the images.
        config: of the digits.
        folder: to be made.
    """
    from pipeline.data.dataset import Dataset
    from pipeline.data.final_manifest import split_images
    from pipeline.data.pack import pack_images
    from pipeline.data.sources.listing import Listing

    folder.mkdir()
    classes = sorted({record.label for record in records})
    packed = pack_images(Listing(records, classes), config.data, folder)
    split_images(packed.audit, classes, config.data, folder)
    return Dataset(folder)


def _trained_table(dataset: "Dataset", config: Config, folder: Path, truth: Mapping[str, str]) -> pd.DataFrame:
    from pipeline.evaluation.predictions_table import predictions_table
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore
    from pipeline.training.fit import fit
    from pipeline.training.networks.inference_model import inference_model

    checkpoints = CheckpointStore(folder, "planted")
    result = fit(dataset, config.model, config.recipe, checkpoints, lambda _: None, quiet=True)
    network = inference_model(result.model, result.weights, config.model.views, [])
    parts = []
    for split in SPLITS:
        rows, (positions, _) = dataset.rows(split), dataset.indices(split)
        probabilities = network.predict(dataset.shards.take(positions), verbose=0)
        parts.append(predictions_table(rows, probabilities, dataset.info.classes).assign(split=split))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(truth=table["path"].map(truth))
