"""The version that a command's argument names."""

import mlflow
from mlflow.entities.model_registry import ModelVersion

from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.lifecycle.model_name import parse_model_name
from pipeline.lifecycle.registry_access import find_version


def named_version(client: mlflow.MlflowClient, text: str | None, tracking: TrackingConfig) -> ModelVersion:
    """Return the version that a text names: where it says none, the champion, else the candidate, else the newest.

    Args:
        client: of the registry.
        text: `NAME`, `NAME@ALIAS` or `NAME/3`; None: the project's registered name.
        tracking: names of the model and of its aliases.

    Raises:
        PipelineError: there is no such model, alias or version.
    """
    name = parse_model_name(text, tracking.registered_model)
    return find_version(client, name, (tracking.champion_alias, tracking.alias))
