"""From a run to a registered version."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlflow
from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.paths import SAMPLES
from pipeline.base.printable import public_address
from pipeline.base.system_errors import FULL, NOT_WRITABLE
from pipeline.config.schema.pipeline_schema import Config
from pipeline.registry.data_guard import check_data, mark_data
from pipeline.registry.versions import RegisteredVersion, register_once
from pipeline.tracking.models.logged_model import required_model_id
from pipeline.tracking.models.source_models import ENSEMBLE, INIT_FROM
from pipeline.tracking.runs.descriptions import REGISTERED, update_description
from pipeline.tracking.runs.report_artifact import report_link
from pipeline.tracking.server.store_failures import failure_types, is_final

LINEAGE = ("git.commit", "git.dirty", "params.digest", "data.digest", "overrides", "dvc.experiment")
SOURCES = (f"{INIT_FROM}.", f"{ENSEMBLE}.")  # prefixes of the tags of networks that it was made from


def register_run(run_id: str, config: Config, metrics: Mapping[str, Any], digest: str) -> RegisteredVersion:
    """Register the run's model with its lineage and test metrics as tags.

    Args:
        run_id: the training's run.
        config: the settings.
        metrics: on the test images; None is left out.
        digest: SHA-256 of the model's file.

    Raises:
        PipelineError: the run has logged no model, or the name belongs to other images with other classes.
    """
    name, model_id = config.tracking.registered_model, required_model_id(run_id)
    run = mlflow.get_run(run_id)
    classes = _logged_classes(run)
    tags = {name: value for name, value in run.data.tags.items() if name in LINEAGE or name.startswith(SOURCES)}
    tags |= {f"test.{name}": f"{value:.6g}" for name, value in metrics.items() if value is not None}
    description = (
        f"{config.model.name} on {config.data.name}: test accuracy {metrics['accuracy']:.4f} "
        f"on {metrics['images']} images. Takes uint8 images "
        f"({config.data.height}×{config.data.width}×{config.data.channels}), returns class probabilities."
    )
    if link := report_link(run):
        description += f"\n\n{link}"
    data = data_place(config)
    if line := check_data(name, data, classes):
        print(line)
    version = register_once(name, model_id, digest, tags, description, classes)
    mark_data(name, data, classes)
    return version


def _logged_classes(run: Run) -> list[str]:
    """Return the class names, in index order, that training has logged."""
    try:
        classes = mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/dataset.json")["classes"]
        return [str(name) for name in classes]
    except (OSError, TypeError, KeyError, ValueError, MlflowException) as error:
        if _is_elsewhere(error):
            raise
        run_id = run.info.run_id
        raise PipelineError(
            f"dataset.json of MLflow run {run_id} is missing or damaged ({one_line(error, 100)}); remove the run with "
            f"mlflow runs delete --run-id {run_id}, then the same command logs it again"
        ) from None


def _is_elsewhere(error: Exception) -> bool:
    """Return whether a file may be whole though it could not be read: the store, its permissions or the disk failed."""
    if isinstance(error, failure_types()):
        return not is_final(error)
    return isinstance(error, OSError) and error.errno in (*FULL, *NOT_WRITABLE)


def data_place(config: Config) -> str:
    """Return where the images are, or the name of their data set; nothing secret of an address.

    Args:
        config: the settings.
    """
    path = config.data.path
    return public_address(path).rstrip("/") if path else config.data.name


def log_decision(run_id: str, decision: Mapping[str, Any], root: Path, version: RegisteredVersion | None) -> None:
    """Add the gate's decision, sample images and DVC's lock as it is now to the run.

    Args:
        run_id: the training's run.
        decision: with `registered`.
        root: the project's folder.
        version: None if the model was not registered.
    """
    client = mlflow.MlflowClient()
    mlflow.log_dict(dict(decision), "decision.json", run_id=run_id)
    client.set_tag(run_id, "registered", str(decision["registered"]).lower())
    if version is not None:
        client.set_tag(run_id, REGISTERED, f"{version.name} version {version.number}")
    for file in (root / SAMPLES, root / "dvc.lock"):
        if file.is_file():
            mlflow.log_artifact(str(file), run_id=run_id)
    update_description(run_id)
