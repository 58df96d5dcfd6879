"""The origin of a version, put together from registry, run and repository."""

from datetime import UTC, datetime
from pathlib import Path

import mlflow
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from pipeline.base.errors import PipelineError
from pipeline.lifecycle.provenance.origin.origin_facts import (
    data_facts,
    environment_facts,
    run_facts,
    search_facts,
    test_facts,
)
from pipeline.lifecycle.provenance.origin.rebuild_guide import rebuild_guide
from pipeline.lifecycle.provenance.origin.recorded_run import RecordedRun, recorded_run
from pipeline.lifecycle.provenance.origin.version_origin import ParentModel, VersionOrigin
from pipeline.lifecycle.registry_access import aliases_of
from pipeline.registry.version_search import DIGEST
from pipeline.tracking.models.source_models import ENSEMBLE, INIT_FROM, REGISTRY

DEEPEST = 10  # generations of parents
DIRTY = {"true": True, "false": False}


def read_origin(client: mlflow.MlflowClient, version: ModelVersion, root: Path, depth: int = 0) -> VersionOrigin:
    """Return what a version was made from, its parents' origins included.

    Args:
        client: of the registry.
        version: a registered one.
        root: the project's folder, in whose git repository commits are looked up.
        depth: generations between the version that was asked for and this one.

    Raises:
        PipelineError: its run is gone.
        MlflowException: the store cannot be asked.
    """
    recorded = recorded_run(client, version)
    commit = recorded.commit
    experiment = client.get_experiment(recorded.run.info.experiment_id).name
    overrides = [str(one) for one in recorded.params.get("overrides") or []]
    model, data = client.get_registered_model(version.name), data_facts(recorded)
    number = int(version.version)
    return VersionOrigin(
        name=version.name,
        number=number,
        aliases=aliases_of(model, version),
        registered=datetime.fromtimestamp(version.creation_timestamp / 1000, UTC).isoformat(timespec="seconds"),
        model_digest=version.tags.get(DIGEST),
        commit=commit,
        dirty=DIRTY.get(str(recorded.tag("git.dirty"))),
        run_id=recorded.run.info.run_id,
        run=run_facts(recorded, experiment),
        data=data,
        overrides=overrides,
        search=search_facts(recorded, root, commit),
        parents=_parents(client, recorded, root, depth),
        test=test_facts(recorded),
        environment=environment_facts(recorded, root, commit),
        commands=rebuild_guide((version.name, number), commit, overrides, data, named_parents(recorded), root),
    )


def named_parents(recorded: RecordedRun) -> dict[str, str]:
    """Return `models:/NAME/NUMBER` of each registered network that a model was made from, by what its settings say."""
    model = recorded.params.get("model") or {}
    named = {INIT_FROM: model.get(INIT_FROM)}
    named |= {f"{ENSEMBLE}.{number}": source for number, source in enumerate(model.get(ENSEMBLE) or [], 1)}
    versions = {role: recorded.tag(f"{role}.version") for role in named}
    return {str(source): f"{REGISTRY}{versions[role]}" for role, source in named.items() if source and versions[role]}


def _parents(client: mlflow.MlflowClient, recorded: RecordedRun, root: Path, depth: int) -> list[ParentModel]:
    tags = {**recorded.version.tags, **recorded.run.data.tags}
    roles = [key.removesuffix(".digest") for key in sorted(tags) if key.endswith(".digest")]
    return [
        ParentModel(
            role=role,
            digest=tags[f"{role}.digest"],
            version=tags.get(f"{role}.version"),
            origin=_parent_origin(client, tags.get(f"{role}.version"), root, depth + 1),
        )
        for role in roles
        if role == INIT_FROM or role.startswith(f"{ENSEMBLE}.")
    ]


def _parent_origin(client: mlflow.MlflowClient, version: str | None, root: Path, depth: int) -> VersionOrigin | None:
    name, _, number = (version or "").rpartition("/")
    if not name or depth > DEEPEST:
        return None
    try:
        return read_origin(client, client.get_model_version(name, number), root, depth)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return None
    except PipelineError:  # its run is gone
        return None
