"""The registry brought in line with the workspace's result."""

from pathlib import Path

import mlflow

from pipeline.base.errors import PipelineError
from pipeline.config.schema.pipeline_schema import Config
from pipeline.lifecycle.alignment.registry_agreement import Agreement, compare_registry, missing_store
from pipeline.lifecycle.alignment.restored_version import restore_version
from pipeline.lifecycle.alignment.workspace_result import WorkspaceResult, check_complete
from pipeline.lifecycle.registry_access import registry
from pipeline.registry.aliases import alias_position, move_alias
from pipeline.tracking.store import open_existing_store, open_store

ACTION = "sync"
REASON = "the registry is brought in line with the result in the workspace"


def registry_agreement(result: WorkspaceResult, config: Config, root: Path) -> Agreement:
    """Return where the registry and the workspace's result differ; change nothing.

    Args:
        result: of the workspace, which passed the gate.
        config: the settings.
        root: the project's folder.

    Raises:
        StoreError: the server does not answer, or the store is broken.
    """
    if not open_existing_store(config.tracking, root):
        return missing_store(config.tracking)
    with registry(config.tracking, root) as client:
        return compare_registry(client, result, config.tracking)


def sync_registry(result: WorkspaceResult, config: Config, root: Path) -> list[str]:
    """Register the workspace's model if the registry lacks it, and point the aliases to it; return what was done.

    No file of the workspace changes. After a crash the next call completes it.

    Args:
        result: of the workspace, which passed the gate.
        config: the settings.
        root: the project's folder.

    Raises:
        PipelineError: the workspace is not complete, the registered name belongs to other data, or the store fails.
    """
    if not registry_agreement(result, config, root).differences:
        return []
    check_complete(result, config, root)
    open_store(config.tracking, root)
    with registry(config.tracking, root) as client:
        version, run_id = restore_version(result, config, root)
        done = [f"{version.name} version {version.number} is this model{' (new)' if version.new else ''}"]
        return done + _move_aliases(client, version.number, run_id, result, config)


def _move_aliases(
    client: mlflow.MlflowClient, number: int, run_id: str, result: WorkspaceResult, config: Config
) -> list[str]:
    tracking, name = config.tracking, config.tracking.registered_model
    aliases = [tracking.alias]
    if result.promoted and alias_position(client.get_registered_model(name), tracking.champion_alias) is None:
        aliases.append(tracking.champion_alias)
    moved = []
    for alias in aliases:
        move = move_alias(name, alias, number, action=ACTION, reason=REASON, evidence={"run": run_id})
        if move is not None:
            moved.append(f"{alias} is version {number} now" + (f", before {move.before}" if move.before else ""))
    return moved


def describe_result(result: WorkspaceResult, config: Config, root: Path) -> str:
    """Return in a line where the registry has the workspace's model.

    Args:
        result: of the workspace.
        config: the settings.
        root: the project's folder.
    """
    if not result.registered:
        return str(result.decision["reason"])
    try:
        found = registry_agreement(result, config, root)
    except PipelineError as error:
        return f"the registry cannot be asked: {error}"
    name = found.name
    if found.number is None:
        return f"not in this registry ({found.differences[0]}); python -m pipeline.models sync"
    own = [alias for alias, number in found.aliases.items() if number == found.number]
    own.sort(key=lambda alias: alias != config.tracking.champion_alias)
    line = f"{name} version {found.number}" + (f" ({', '.join(own)})" if own else "")
    if found.differences:
        return f"{line}; {'; '.join(found.differences)}; python -m pipeline.models sync"
    return "; ".join([f"{line}   (models:/{name}@{own[0]})" if own else line, *found.notes])
