"""The settings of a recorded training, for a clone: parents are files there, and runs go to its own store."""

import copy
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from pipeline.base.digests import SHORT, file_digest
from pipeline.base.errors import PipelineError
from pipeline.base.files import write_text
from pipeline.base.paths import PARAMS, main_root
from pipeline.base.printable import printable
from pipeline.lifecycle.provenance.origin.recorded_run import RecordedRun
from pipeline.tracking.models.source_models import ENSEMBLE, INIT_FROM, REGISTRY, download_keras_file

PARENTS = ".parents"  # folder of the clone


def write_settings(recorded: RecordedRun, root: Path, project: Path) -> None:
    """Write the recorded params.yaml into a clone, and the networks that it names.

    Args:
        recorded: of a version.
        root: the project's folder.
        project: the project's folder in the clone.

    Raises:
        PipelineError: the run has no params.yaml, or a network that the training starts from is gone.
    """
    if not recorded.params:
        raise PipelineError(f"MLflow run {recorded.run.info.run_id} has no {PARAMS}: its settings are not known")
    values = copy.deepcopy(recorded.params)
    values["tracking"]["uri"] = None  # its own mlflow.db, not that of the original
    path = values["data"].get("path")
    if path and "://" not in path:
        values["data"]["path"] = str(main_root(root) / path)
    _replace_parents(values["model"], recorded, root, project)
    write_text(project / PARAMS, yaml.safe_dump(values, sort_keys=False, allow_unicode=True))


def data_path(recorded: RecordedRun, root: Path) -> Path | None:
    """Return the folder or archive with the photos; None for data sets with a name, and for remote data."""
    path = (recorded.params.get("data") or {}).get("path")
    return main_root(root) / path if path and "://" not in path else None


def _replace_parents(model: dict[str, Any], recorded: RecordedRun, root: Path, project: Path) -> None:
    for role, source in _named(model):
        file = _parent_file(role, source, recorded, root)
        target = project / PARENTS / f"{role}.keras"
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, target)
        place = f"{PARENTS}/{target.name}"
        if role == INIT_FROM:
            model[INIT_FROM] = place
        else:
            model[ENSEMBLE][int(role.rpartition(".")[2]) - 1] = place


def _named(model: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield role and source of each network that the settings name."""
    if source := model.get(INIT_FROM):
        yield INIT_FROM, str(source)
    for number, source in enumerate(list(model.get(ENSEMBLE) or []), 1):
        yield f"{ENSEMBLE}.{number}", str(source)


def _parent_file(role: str, source: str, recorded: RecordedRun, root: Path) -> Path:
    """Return the `.keras` file of the network as it was: an alias may point to another version now."""
    version, digest = recorded.tag(f"{role}.version"), recorded.tag(f"{role}.digest")
    if version:
        file, _ = download_keras_file(f"{REGISTRY}{version}", f"model.{role}")
    elif source.startswith(REGISTRY):
        raise PipelineError(f"model.{role}: which version {printable(source)} was is not recorded")
    else:
        file = main_root(root) / source
        if not file.is_file():
            raise PipelineError(f"model.{role}: {printable(str(file))}, from which it was made, is gone")
    found = file_digest(file)[:SHORT]
    if digest and found != digest:
        raise PipelineError(
            f"model.{role}: {version or printable(str(file))} is another file now (SHA-256 {found}, it was {digest})"
        )
    return file
