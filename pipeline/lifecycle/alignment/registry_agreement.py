"""Where the registry does not say what the workspace's result says."""

from dataclasses import dataclass, field

import mlflow

from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.lifecycle.alignment.workspace_result import WorkspaceResult
from pipeline.lifecycle.registry_access import known_model
from pipeline.lifecycle.version_record import version_record
from pipeline.registry.versions import PENDING, version_with_digest


@dataclass(frozen=True)
class Agreement:
    """The registry beside the workspace's result.

    Attributes:
        name: of the registered model.
        number: of the version that is the workspace's model; None: the registry does not have it.
        aliases: number of the version, by alias.
        differences: what has to change so that they agree, in sentences.
        notes: what differs and may stay so.
    """

    name: str
    number: int | None
    aliases: dict[str, int]
    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def compare_registry(client: mlflow.MlflowClient, result: WorkspaceResult, tracking: TrackingConfig) -> Agreement:
    """Return where the registry and the workspace's result differ.

    Args:
        client: of the registry.
        result: of the workspace, which passed the gate.
        tracking: name and aliases.

    Raises:
        MlflowException: the store cannot be asked.
    """
    name, candidate, champion = tracking.registered_model, tracking.alias, tracking.champion_alias
    model = known_model(client, name)
    if model is None:
        return missing_store(tracking)
    aliases = {alias: int(number) for alias, number in sorted(model.aliases.items())}
    number = version_with_digest(name, result.digest)
    if number is not None and PENDING in client.get_model_version(name, str(number)).tags:
        number = None  # its registration was interrupted
    found = Agreement(name, number, aliases)
    if number is None:
        found.differences.append(f"{name} has no version of this model")
    if aliases.get(candidate) is None:
        found.differences.append(f"{name} has no {candidate}")
    elif aliases[candidate] != number:
        found.differences.append(f"{candidate} is version {aliases[candidate]}, another model")
    if champion not in aliases and result.promoted:
        found.differences.append(f"{name} has no {champion}, and this model became it when it was registered")
    elif champion in aliases and aliases[champion] != number:
        found.notes.append(f"{champion} is version {aliases[champion]}, another model; {_how_to_use(name, number)}")
    return found


def _how_to_use(name: str, number: int | None) -> str:
    """Return how a version becomes the champion, or why it should not."""
    if number is None:
        return "python -m pipeline.models sync registers this one"
    objection = version_record(mlflow.MlflowClient().get_model_version(name, str(number)).tags).objection(champion=True)
    if objection is None:
        return f"to use this one: python -m pipeline.models promote {name}/{number} --reason TEXT"
    return f"python -m pipeline.models show {name}/{number} says why this one is not"


def missing_store(tracking: TrackingConfig) -> Agreement:
    """Return the differences where nothing is registered under the name.

    Args:
        tracking: name and aliases.
    """
    return Agreement(tracking.registered_model, None, {}, [f"nothing is registered as {tracking.registered_model}"])
