"""Where a trained model's files are: the one in use, a registered one, or a file."""

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.base.digests import file_digest
from pipeline.base.errors import PipelineError
from pipeline.base.files import read_json
from pipeline.base.paths import DECISION, MODEL, OPENVINO, project_root
from pipeline.runtime.engine.openvino_layout import XML
from pipeline.runtime.model_spec import MEMBER, ModelSpec

REGISTRY = "models:/"


@dataclass(frozen=True)
class ModelFiles:
    """A model's files.

    Attributes:
        name: what to call it, for people.
        keras: its `.keras` file.
        openvino: folder of its OpenVINO model, or None if it has none.
        registered: name and version in the registry, or None for a file that somebody named.
    """

    name: str
    keras: Path
    openvino: Path | None
    registered: tuple[str, str] | None = None

    def spec(self) -> ModelSpec:
        """Return the specification inside the `.keras` file.

        Raises:
            PipelineError: there is none.
        """
        try:
            with zipfile.ZipFile(self.keras) as archive:
                text = archive.read(MEMBER).decode()
        except zipfile.BadZipFile:
            raise PipelineError(f"{self.keras} is not a .keras file: it is no ZIP archive") from None
        except KeyError:
            raise PipelineError(
                f"{self.keras} does not say what its classes are and how its images were prepared; models that this "
                "pipeline trains now do: train it again"
            ) from None
        return ModelSpec.from_json(text, str(self.keras))


def find_model(source: str | None, argument: str = "--model") -> ModelFiles:
    """Return the files of a model.

    Args:
        source: a `.keras` file, `models:/name@alias` or `models:/name/version` in the project's tracking store, or
            None for the model in use: the champion, else the candidate.
        argument: what names it on the command line, for errors.

    Raises:
        PipelineError: there is no such model.
    """
    if source is None:
        return _in_use(project_root(), argument)
    if source.startswith(REGISTRY):
        return _registered(source, project_root(), argument)
    file = Path(source)
    if file.suffix != ".keras":
        hint = f"; did you mean {inside}?" if (inside := file / "model.keras").is_file() else ""
        raise PipelineError(f"{argument}: {source!r} is neither a .keras file nor models:/NAME@alias{hint}")
    if not file.is_file():
        raise PipelineError(f"{argument}: there is no file {file}")
    return ModelFiles(file.name, file, _beside(file))


def _in_use(root: Path, argument: str) -> ModelFiles:
    """Return the champion, else the candidate, else the workspace's model if it passed the gate.

    The workspace's files are taken where they are the same model.
    """
    from pipeline.config.params_file import read_params
    from pipeline.tracking.models.aliased_version import version_in_use

    tracking = read_params(root).tracking
    name = tracking.registered_model
    files = root / MODEL, _openvino(root / OPENVINO)
    digest = file_digest(root / MODEL) if (root / MODEL).is_file() else None  # a damaged file is not the version's
    found = version_in_use(tracking, root)
    if found is not None:
        title = f"{name} version {found.number} ({found.alias})"
        if found.model_digest == digest:
            return ModelFiles(title, *files, (name, str(found.number)))
        return replace(_registered(f"{REGISTRY}{name}/{found.number}", root, argument), name=title)
    decision = _read(root / DECISION)
    if decision.get("registered") and digest and decision.get("model_digest") == digest:
        return ModelFiles(f"{decision.get('name', name)} (the workspace's; not in this registry)", *files)
    raise PipelineError(
        f"no model of this project is registered yet; make one with dvc repro, or name one with {argument} "
        f"(MLflow has no {REGISTRY}{name}@{tracking.champion_alias} or @{tracking.alias})"
    )


def _registered(source: str, root: Path, argument: str) -> ModelFiles:
    from pipeline.config.params_file import read_params
    from pipeline.tracking.models.source_models import download_keras_file
    from pipeline.tracking.store import open_existing_store

    if not open_existing_store(read_params(root).tracking, root):
        raise PipelineError(f"{argument}: MLflow has no model at {source}: the project has no MLflow store yet")
    file, version = download_keras_file(source, argument)
    name, _, number = version.rpartition("/")
    return ModelFiles(f"{name} version {number}", file, _beside(file), (name, number))


def _read(file: Path) -> dict[str, Any]:
    value = read_json(file) if file.is_file() else {}
    return value if isinstance(value, dict) else {}


def _beside(file: Path) -> Path | None:
    return _openvino(file.parent / "openvino")


def _openvino(folder: Path) -> Path | None:
    return folder if (folder / XML).is_file() else None
