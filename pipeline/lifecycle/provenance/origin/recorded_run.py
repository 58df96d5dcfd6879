"""What MLflow keeps of the training of a registered version."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import yaml
from mlflow.entities import Run
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.paths import PARAMS
from pipeline.lifecycle.provenance.integrity.version_files import kept_file, version_title

COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True)
class RecordedRun:
    """The run of a version.

    Attributes:
        version: the registered version.
        run: its training.
        params_text: text of the params.yaml that it was trained with; None if the run does not have it.
        model: metadata of the logged model (the file MLmodel); empty if it cannot be read.
        python: version of Python; None if unknown.
    """

    version: ModelVersion
    run: Run
    params_text: str | None
    model: Mapping[str, Any]
    python: str | None

    def tag(self, name: str) -> str | None:
        """Return a tag of the run, else of the version; None if neither has it, or it says `none` or `unknown`."""
        value = self.run.data.tags.get(name) or self.version.tags.get(name)
        return None if value in (None, "", "none", "unknown") else str(value)

    @property
    def commit(self) -> str | None:
        """The commit of its code; None if unknown. Anyone may set the tag: only a digest is accepted."""
        value = self.tag("git.commit")
        return value if value and COMMIT.fullmatch(value) else None

    @property
    def params(self) -> dict[str, Any]:
        """The values of params.yaml; empty if the run does not have it."""
        values = yaml.safe_load(self.params_text) if self.params_text else None
        return values if isinstance(values, dict) else {}


def recorded_run(client: mlflow.MlflowClient, version: ModelVersion) -> RecordedRun:
    """Return what the store has of a version's training.

    Raises:
        PipelineError: it has no run, the run is gone, or its params.yaml is damaged.
        MlflowException: the store cannot be asked.
    """
    if not version.run_id:
        raise PipelineError(
            f"{version_title(version)} has no MLflow run: it was registered outside this project, and what it was made "
            "from is not known"
        )
    try:
        run = client.get_run(version.run_id)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        raise PipelineError(
            f"the MLflow run of {version_title(version)}, {version.run_id}, is gone, and with it what it was made from"
        ) from None
    with kept_file(version, PARAMS) as file:
        text = None if file is None else _params_text(file, version)
    model, python = _model_facts(version)
    return RecordedRun(version, run, text, model, python)


def _params_text(file: Path, version: ModelVersion) -> str:
    try:
        text = file.read_text(encoding="utf-8")
        yaml.safe_load(text)
    except (IsADirectoryError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PipelineError(
            f"{PARAMS} of {version_title(version)} in MLflow run {version.run_id} is damaged ({one_line(error, 100)}); "
            "bring the store's file back: without it, what the version was made from is not known"
        ) from None
    return text


def _model_facts(version: ModelVersion) -> tuple[dict[str, Any], str | None]:
    """Return the metadata of the file MLmodel, and the version of Python in it."""
    try:
        info = mlflow.models.get_model_info(version.source)
    except (MlflowException, OSError):
        return {}, None
    python = info.flavors.get("python_function", {}).get("python_version")
    return dict(info.metadata or {}), python
