"""From a run to a registered version."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlflow

from pipeline.base.errors import PipelineError
from pipeline.config.schema import Config
from pipeline.registry.versions import Version, register_once
from pipeline.tracking.models import logged_model
from pipeline.tracking.trained import ENSEMBLE, INIT_FROM

LINEAGE = ("git.commit", "git.dirty", "params.digest", "data.digest", "overrides", "dvc.experiment")
OTHERS = (f"{INIT_FROM}.", f"{ENSEMBLE}.")  # what the tags of networks that it was made with begin with


def register_run(run_id: str, config: Config, root: Path, metrics: Mapping[str, Any], digest: str) -> Version:
    """Register the run's model with its lineage and test metrics as tags.

    Raises:
        PipelineError: the run has logged no model.
    """
    model_id = logged_model(run_id)
    if model_id is None:
        raise PipelineError(f"MLflow run {run_id} has no model; log it again with: dvc repro --force train")
    run = mlflow.get_run(run_id)
    classes = mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/dataset.json")["classes"]
    tags = {name: told for name, told in run.data.tags.items() if name in LINEAGE or name.startswith(OTHERS)}
    tags |= {f"test.{name}": f"{value:.6g}" for name, value in metrics.items()}
    description = (
        f"{config.model.name} on {config.data.name}: test accuracy {metrics['accuracy']:.4f} "
        f"on {metrics['images']} images. Takes uint8 images "
        f"({config.data.height}×{config.data.width}×{config.data.channels}), gives class probabilities."
    )
    return register_once(config.tracking.registered_model, model_id, digest, tags, description, classes)


def log_decision(run_id: str, decision: Mapping[str, Any], root: Path) -> None:
    """Keep the gate's decision, and DVC's lock as it stands, with the run."""
    mlflow.log_dict(dict(decision), "decision.json", run_id=run_id)
    mlflow.MlflowClient().set_tag(run_id, "registered", str(decision["registered"]).lower())
    if (root / "dvc.lock").is_file():
        mlflow.log_artifact(str(root / "dvc.lock"), run_id=run_id)
