"""What a user calls a model, and the model that is meant."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.base.errors import PipelineError, StoreError
from pipeline.base.paths import PREDICTIONS
from pipeline.base.printable import printable
from pipeline.evaluation.named_models.evaluated_model import EvaluatedModel
from pipeline.evaluation.named_models.project_files import file_model, project_model
from pipeline.evaluation.named_models.project_revision import Revision, find_experiments, find_revision, revision_model

WORKSPACE = "workspace"
REGISTRY = "models:/"
PREFIXES = ("run", "exp", "git")  # in front of a name and a colon: what it is


@dataclass(frozen=True)
class LoggedModel:
    """A model that MLflow has.

    Attributes:
        title: what to call it.
        load: returns it.
    """

    title: str
    load: Callable[[], EvaluatedModel]


def find_model(text: str, root: Path, logged_model: Callable[[str], "LoggedModel | None"]) -> EvaluatedModel:
    """Return the evaluated model that a text names.

    In this order: `workspace` is the outputs of the project; `models:/NAME/VERSION` and `models:/NAME@ALIAS` are a
    registered version; a text that ends in `.parquet` is a file; any other is the id of an MLflow run (6 digits at
    least), a DVC experiment, or a git revision. `run:`, `exp:` or `git:` in front says which of these three. Where
    MLflow's store cannot be asked, what DVC or git knows is meant.

    Args:
        text: as the user typed it.
        root: the project's folder.
        logged_model: returns the model of an MLflow run or a registered version, or None if there is none; raises a
            `StoreError` where it cannot ask.

    Raises:
        PipelineError: nothing or more than one thing is called this, or it has no predictions.
    """
    if text == WORKSPACE:
        if not (root / PREDICTIONS).is_file():
            raise PipelineError(f"the workspace has no {PREDICTIONS}; make it with: dvc repro evaluate")
        return project_model(root, "the workspace", PREDICTIONS)
    if text.endswith(".parquet"):
        return file_model(Path(text))
    prefix, colon, rest = text.partition(":")
    kind, name = (prefix, rest) if colon and prefix in PREFIXES else ("", text)
    if not name.strip():
        raise PipelineError(f"{text!r} names no model; write workspace, a run, an experiment, a revision or a file")
    found = [] if text.startswith(REGISTRY) else _revisions(name, kind, root)
    logged = _logged(name, logged_model, needed=not found) if kind in ("", "run") else None
    meanings = ([logged.title] if logged else []) + [revision.title for revision in found]
    if not meanings:
        raise PipelineError(_unknown(text, kind))
    if len(meanings) > 1:
        remedy = "put run:, exp: or git: in front" if kind == "" else "name its commit instead"
        raise PipelineError(f"{printable(text)!r} means more than one thing: {', '.join(meanings)}; {remedy}")
    return logged.load() if logged else revision_model(found[0], root)


def _logged(name: str, logged_model: Callable[[str], "LoggedModel | None"], *, needed: bool) -> "LoggedModel | None":
    """Return the model that MLflow has; None too where its store cannot be asked, unless only it can know the name."""
    try:
        return logged_model(name)
    except StoreError:
        if needed:
            raise
        return None


def _revisions(name: str, kind: str, root: Path) -> list[Revision]:
    """Return the experiments and the git revision of this name, each commit once."""
    found = find_experiments(name, root) if kind in ("", "exp") else []
    revision = find_revision(name, root) if kind in ("", "git") else None
    known = {one.commit for one in found}
    return found + ([revision] if revision and revision.commit not in known else [])


def _unknown(text: str, kind: str) -> str:
    name = repr(printable(text))
    if kind == "run":
        return f"MLflow has no run {name}; python -m pipeline.experiments lists the runs"
    if kind == "exp":
        return f"there is no DVC experiment {name}; dvc exp list --all lists them"
    if kind == "git":
        return f"git knows no commit {name}"
    return (
        f"{name} is no MLflow run, DVC experiment or git commit; python -m pipeline.experiments lists the runs, "
        "dvc exp list --all the experiments"
    )
