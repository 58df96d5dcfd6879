"""The training of a registered version, once more, in a clean clone."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
from mlflow.entities.model_registry import ModelVersion

from pipeline.base.digests import SHORT
from pipeline.base.errors import PipelineError
from pipeline.base.files import read_json
from pipeline.base.paths import MODEL, PREPARED, RUN
from pipeline.data.dataset import Dataset
from pipeline.lifecycle.provenance.integrity.version_files import version_files, version_title
from pipeline.lifecycle.provenance.origin.origin_facts import environment_facts
from pipeline.lifecycle.provenance.origin.recorded_run import RecordedRun, recorded_run
from pipeline.lifecycle.provenance.rebuild.clean_clone import clean_clone
from pipeline.lifecycle.provenance.rebuild.prepared_images import take_prepared_images
from pipeline.lifecycle.provenance.rebuild.rebuild_settings import data_path, write_settings
from pipeline.lifecycle.provenance.rebuild.stage_process import run_stage_in
from pipeline.lifecycle.provenance.rebuild.weight_difference import WeightDifference, weight_difference
from pipeline.registry.version_search import DIGEST
from pipeline.tracking.environment_tags import PREFIX, environment_changes, host_tags
from pipeline.tracking.models.photo_flavor import KERAS_FILE


@dataclass(frozen=True)
class ModelRebuild:
    """How the new training ended.

    Attributes:
        title: what to call the version.
        digest: SHA-256 of the new `.keras` file.
        difference: from the registered one; None: the files are identical.
        reasons: what was different this time, where that is known.
    """

    title: str
    digest: str
    difference: WeightDifference | None
    reasons: tuple[str, ...]


def rebuild_version(
    client: mlflow.MlflowClient, version: ModelVersion, root: Path, into: Path | None, notify: Callable[[str], None]
) -> ModelRebuild:
    """Retrain a version, and compare the weights.

    The clone has the commit's code and the recorded settings, and nothing else of the original: no cache of DVC, no
    checkpoint, no MLflow store.

    Args:
        client: of the registry.
        version: a registered one.
        root: the project's folder.
        into: folder for the clone, which stays; None: a temporary one.
        notify: is called with what is done, and with warnings.

    Raises:
        PipelineError: commit, settings, data or parents are gone, the data differ, or a stage fails.
        KeyboardInterrupt: after the clone is removed, unless it has its folder in `into`.
    """
    recorded, title = recorded_run(client, version), version_title(version)
    commit, digest = recorded.commit, version.tags.get(DIGEST)
    if recorded.tag("trained.device"):
        raise PipelineError(f"{title} was trained elsewhere, by pipeline.train_jax; rebuild trains with pipeline.train")
    if commit is None or digest is None:
        missing = "the commit" if commit is None else "the digest of the model"
        raise PipelineError(f"{title} cannot be rebuilt: {missing} is not recorded")
    reasons = _warnings(recorded, root, commit)
    for reason in reasons:
        notify(f"note: {reason}")
    with clean_clone(root, commit, into) as project:
        notify(f"rebuilding {title} from commit {commit[:SHORT]} in {project}")
        write_settings(recorded, root, project)
        _prepare(recorded, root, project, notify)
        run_stage_in(project, "train")
        record = read_json(project / RUN)
        if record["model_digest"] == digest:
            return ModelRebuild(title, digest, None, ())
        with version_files(version) as files:
            difference = weight_difference(files / KERAS_FILE, project / MODEL)
        later = [one for one in _machine_changes(recorded, record["lineage"]) if one not in reasons]
        return ModelRebuild(title, str(record["model_digest"]), difference, (*reasons, *later))


def _warnings(recorded: RecordedRun, root: Path, commit: str) -> list[str]:
    """Return what can make the weights differ, as far as it is known before the training."""
    known = {f"{PREFIX}{label}": value for label, value in environment_facts(recorded, root, commit).items()}
    reasons = environment_changes(known, host_tags())
    dirty = recorded.tag("git.dirty")
    if dirty is None:
        reasons.append("it is not known whether code or conf/ had changes that are not in its commit")
    elif dirty == "true":
        reasons.append("code or conf/ had changes that are not in its commit")
    return reasons


def _machine_changes(recorded: RecordedRun, lineage: dict[str, Any]) -> list[str]:
    return environment_changes(
        recorded.run.data.tags, {name: value for name, value in lineage.items() if name.startswith(PREFIX)}
    )


def _prepare(recorded: RecordedRun, root: Path, project: Path, notify: Callable[[str], None]) -> None:
    """Prepare the images in the clone; where they are not those of the training, take those from DVC."""
    photos = data_path(recorded, root)
    wanted = str(recorded.model.get("data_digest") or recorded.tag("data.digest") or "")
    if photos is None or photos.exists():
        run_stage_in(project, "prepare")
        found = Dataset(project / PREPARED).info.digest
        if found.startswith(wanted):
            notify(f"data identical, digest {found[:SHORT]}")
            return
        reason = (
            f"{photos or 'the data set, or its decoding,'} has changed since (the prepared images have the digest "
            f"{found[:SHORT]}, they had {wanted[:SHORT]})"
        )
    else:
        reason = f"{photos} is gone"
    notify(f"note: {take_prepared_images(recorded, root, project, reason)}")
    found = Dataset(project / PREPARED).info.digest
    if not found.startswith(wanted):
        raise PipelineError(f"the prepared images that DVC has are not those of the training either ({found[:SHORT]})")
    notify(f"data identical, digest {found[:SHORT]}")
