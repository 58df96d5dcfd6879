"""Take a training that `python -m pipeline.train_jax` made elsewhere into this project.

    python -m pipeline.adopt FOLDER
    dvc commit --force train
    dvc repro

It becomes the train stage's outputs and an MLflow run, in a project with the settings and the prepared data of that
training. `model.views` and `model.ensemble` may differ: they change the saved model, not the training.
"""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.command import run_command
from pipeline.base.errors import PipelineError
from pipeline.base.paths import MODEL, PREPARED, project_root
from pipeline.config.params_file import read_params
from pipeline.jax_training.training_record import MACHINE, RECORD, trained_settings
from pipeline.train import log_outputs, write_outputs

if TYPE_CHECKING:
    from pipeline.training.history import EpochMetrics


def main(folder: Path, root: Path) -> None:
    """Take the training in `folder` into the project at `root`.

    Raises:
        PipelineError: no training is in `folder`, or one of other images or other settings.
    """
    from pipeline.base.tensorflow_import import import_tensorflow

    import_tensorflow()
    from pipeline.data.dataset import Dataset
    from pipeline.tracking.models.source_models import find_source_models
    from pipeline.tracking.runs.training_run import TrainingRun, active_run
    from pipeline.training.fit import TrainingResult
    from pipeline.training.networks.inference_model import inference_model
    from pipeline.training.networks.load_network import load_ensemble_members, load_network

    config, dataset, record = read_params(root), Dataset(root / PREPARED), _read_record(folder)
    if record["data_digest"] != dataset.info.digest:
        raise PipelineError(f"{folder} was trained on other images than {PREPARED} holds: run dvc repro prepare")
    _check_settings(trained_settings(config), record["settings"], folder)
    trained = load_network(folder / "model.keras", "FOLDER")
    run, sources, info = TrainingRun(config, root, dataset), find_source_models(config, root), dataset.info
    members = load_ensemble_members(sources.members, info.shape, len(info.classes))
    run_id = run.create(sources.tags | {f"trained.{name}": record[name] for name in MACHINE})
    with active_run(run_id):
        _log_history(record["history"], record["ended"], run_id)
        weights, history = trained.get_weights(), record["history"]
        network = inference_model(trained, weights, config.model.views, members)
        result = TrainingResult(trained, weights, history, history[-1], _seconds(record["ended"]))
        origin = {"run_id": run_id, "lineage": run.lineage() | sources.tags}
        metrics = write_outputs(network, dataset, result, root, origin)
        log_outputs(metrics, result, dataset, root, run_id)
    print(f"{MODEL} is {folder}'s, trained on {record['device']}; MLflow run {run_id}")
    print("evaluate and register it with: dvc commit --force train && dvc repro")


def _check_settings(ours: dict[str, Any], theirs: dict[str, Any], folder: Path) -> None:
    for group, settings in ours.items():
        for name, value in settings.items():
            if (trained := theirs[group].get(name)) != value:
                raise PipelineError(
                    f"{folder} was trained with {group}.{name}={trained}, params.yaml has {value}: "
                    "compose the settings of that training"
                )


def _read_record(folder: Path) -> dict[str, Any]:
    file = folder / RECORD
    try:
        record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PipelineError(f"no training is in {folder}: python -m pipeline.train_jax makes one") from None
    except json.JSONDecodeError as error:
        raise PipelineError(f"{file} is incomplete ({error}): copy it again from where it was made") from None
    if missing := {*MACHINE, "data_digest", "settings", "history", "ended"} - record.keys():
        raise PipelineError(f"{file} lacks {', '.join(sorted(missing))}: it is not from pipeline.train_jax")
    return record


def _seconds(ended: list[float]) -> float:
    """Return the training time of all epochs, from the times at which they ended."""
    return (ended[-1] - ended[0]) * len(ended) / max(len(ended) - 1, 1)


def _log_history(history: "list[EpochMetrics]", ended: list[float], run_id: str) -> None:
    """Log each epoch with the time at which it ended, in seconds since 1970."""
    import mlflow
    from mlflow.entities import Metric

    from pipeline.tracking.metric_names import EPOCH

    logged = [
        Metric(EPOCH[name], value, round(seconds * 1000), int(metrics["epoch"]))
        for metrics, seconds in zip(history, ended, strict=True)
        for name, value in metrics.items()
        if name in EPOCH
    ]
    for start in range(0, len(logged), 1000):  # MLflow takes no more at once
        mlflow.MlflowClient().log_batch(run_id, logged[start : start + 1000])


def _command() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.adopt", description="Import a training run of pipeline.train_jax."
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="with model.keras and training.json")
    main(parser.parse_args().folder.resolve(), project_root())


if __name__ == "__main__":
    run_command(_command)
