"""A training that `benchmarks.jax_training` made elsewhere, as the train stage's outputs and its MLflow run.

    python -m benchmarks.adopt FOLDER
    dvc commit --force train
    dvc repro

In a project with the settings and the prepared data of that training. `model.views` and `model.ensemble` may differ:
they are of the saved model, and take no training. The stages after it then do what they do with any trained network.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from pipeline.base.command import run
from pipeline.base.errors import PipelineError
from pipeline.base.paths import project_root
from pipeline.config.params_file import read_params
from pipeline.config.schema import Config
from pipeline.train import IMAGES, MODEL, track_outputs, write_outputs

OF_USE = ("views", "ensemble")  # settings of the saved model, which take no training
ABOUT = ("device", "backend", "keras", "precision")  # what is told of the machine, as tags trained.NAME


def main(folder: Path, root: Path) -> None:
    """Take the training in `folder` into the project at `root`.

    Raises:
        PipelineError: no training is in `folder`, or it is one of other images or other settings.
    """
    from pipeline.base.quiet import import_tensorflow

    import_tensorflow()
    from pipeline.data.dataset import Dataset
    from pipeline.tracking.runs import Opened, active
    from pipeline.tracking.trained import trained_networks
    from pipeline.training.export import portable
    from pipeline.training.fit import Fitted
    from pipeline.training.load import load_members, load_network

    config, dataset, told = read_params(root), Dataset(root / IMAGES), _told(folder)
    if told["data_digest"] != dataset.description.digest:
        raise PipelineError(f"{folder} was trained on other images than outputs/prepare holds: run dvc repro prepare")
    _refuse_others(trained_settings(config), told["settings"], folder)
    trained = load_network(folder / "model.keras", "FOLDER")
    opened, named, about = Opened(config, root, dataset), trained_networks(config, root), dataset.description
    members = load_members(named.members, about.shape, len(about.classes))
    tags = named.tags | {f"trained.{name}": told[name] for name in ABOUT}
    run_id = opened.create(tags)
    with active(run_id):
        _log_history(told["history"], told["ended"], run_id)
        weights = trained.get_weights()
        network = portable(trained, weights, config.model.views, members)
        fitted = Fitted(trained, weights, told["history"], told["history"][-1])
        metrics = write_outputs(network, fitted, root, run_id, opened.lineage() | named.tags)
        track_outputs(metrics, dataset, root, run_id)
    print(f"{MODEL} is {folder}'s, trained on {told['device']}; MLflow run {run_id}")


def trained_settings(config: Config) -> dict[str, Any]:
    """Return the settings that a training is made by: all of the network's and the recipe's but those of its use."""
    return {"model": config.model.model_dump(exclude=set(OF_USE)), "recipe": config.recipe.model_dump()}


def _refuse_others(ours: dict[str, Any], theirs: dict[str, Any], folder: Path) -> None:
    for group, settings in ours.items():
        for name, value in settings.items():
            if (trained := theirs[group].get(name)) != value:
                raise PipelineError(
                    f"{folder} was trained with {group}.{name}={trained}, params.yaml has {value}: "
                    "compose the settings of that training"
                )


def _told(folder: Path) -> dict[str, Any]:
    file = folder / "training.json"
    try:
        told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PipelineError(f"no training is in {folder}: python -m benchmarks.jax_training makes one") from None
    except json.JSONDecodeError as error:
        raise PipelineError(f"{file} is not whole ({error}): bring it again from where it was made") from None
    if missing := {*ABOUT, "data_digest", "settings", "history", "ended"} - told.keys():
        raise PipelineError(f"{file} lacks {', '.join(sorted(missing))}: it is not of benchmarks.jax_training")
    return told


def _log_history(rows: list[dict[str, float]], ended: list[float], run_id: str) -> None:
    """Log each epoch with the time at which it ended."""
    import mlflow
    from mlflow.entities import Metric

    from pipeline.tracking.runs import METRIC_NAMES

    logged = [
        Metric(METRIC_NAMES[name], value, round(seconds * 1000), int(row["epoch"]))
        for row, seconds in zip(rows, ended, strict=True)
        for name, value in row.items()
        if name in METRIC_NAMES
    ]
    for start in range(0, len(logged), 1000):  # MLflow takes no more at once
        mlflow.MlflowClient().log_batch(run_id, logged[start : start + 1000])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Take a training made elsewhere into this project.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="with model.keras and training.json")
    arguments = parser.parse_args()
    run(lambda: main(arguments.folder.resolve(), project_root()))
