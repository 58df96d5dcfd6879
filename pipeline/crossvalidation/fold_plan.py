"""What a cross-validation trains: settings, folds, and the key that finds an earlier start of it again."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from pipeline.base.digests import file_digest, json_digest
from pipeline.base.errors import PipelineError
from pipeline.config.compose import compose
from pipeline.config.override_check import check_overrides
from pipeline.config.overrides import quote_value
from pipeline.config.params_file import recorded_overrides
from pipeline.config.parse import parse_config
from pipeline.config.schema.pipeline_schema import Config
from pipeline.crossvalidation.repository import Repository

STAGES = ("prepare", "train", "evaluate")
FOLD_KEYS = ("data.folds", "data.fold")
KEY_DIGITS = 8


@dataclass(frozen=True)
class FoldPlan:
    """The folds to train.

    Attributes:
        folds: how many.
        config: the settings of the first.
        overrides: what is set besides conf/, the folds left out.
        settings: the same as the user wrote it, with relative paths.
        key: digest of settings, code and data: equal keys, equal results.
    """

    folds: int
    config: Config
    overrides: tuple[str, ...]
    settings: tuple[str, ...]
    key: str

    def name(self, fold: int) -> str:
        """Return the name of a fold's DVC experiment."""
        return f"crossval-{self.key}-fold-{fold}"

    def fold_overrides(self, fold: int) -> list[str]:
        """Return what is set besides conf/ in a fold, from 1."""
        return [*self.overrides, f"data.folds={self.folds}", f"data.fold={fold}"]


def plan_folds(repository: Repository, folds: int, overrides: Sequence[str] = ()) -> FoldPlan:
    """Return the plan of a cross-validation with the settings of params.yaml and `overrides`.

    Paths to data that git does not track are made absolute: folds are trained in copies of the project, which have
    only what git tracks.

    Args:
        repository: that the project is in.
        folds: how many.
        overrides: in Hydra's grammar.

    Raises:
        PipelineError: an override is wrong, the settings are, or the data is not there.
    """
    root = repository.root
    check_overrides(root, overrides)
    for override in overrides:
        key = override.lstrip("+~").partition("=")[0]
        if key in FOLD_KEYS:
            raise PipelineError(
                f"{key} is what a cross-validation varies; give the number of folds with: --folds {folds}"
            )
    recorded = [one for one in recorded_overrides(root, tuple(overrides)) if not one.startswith(FOLD_KEYS)]
    settings = [*recorded, *overrides]
    whole = _absolute_paths(repository, settings, folds)
    config = _config(root, [*whole, f"data.folds={folds}"])
    return FoldPlan(folds, config, tuple(whole), tuple(settings), _key(root, config))


def _config(root: Path, overrides: Sequence[str]) -> Config:
    return parse_config(compose(root, overrides), "the settings of the cross-validation")


def _absolute_paths(repository: Repository, overrides: list[str], folds: int) -> list[str]:
    """Return `overrides` with more that make the paths absolute; `data.depends_on` often follows `data.path`."""
    root = repository.root
    for key in ("data.path", "data.table.file", "data.depends_on"):
        data = _config(root, [*overrides, f"data.folds={folds}"]).data
        value = {"data.path": data.path, "data.table.file": data.table.file, "data.depends_on": data.depends_on}[key]
        if not value or "://" in value or Path(value).is_absolute() or repository.is_tracked(root / value):
            continue
        if not (root / value).exists():
            raise PipelineError(f"{key}={value} does not exist in {root}")
        overrides = [one for one in overrides if one.partition("=")[0] != key]
        overrides.append(f"{key}={quote_value(os.path.abspath(root / value))}")  # noqa: PTH100
    return overrides


def _key(root: Path, config: Config) -> str:
    settings = config.model_dump(include={"data", "model", "recipe", "evaluation"})
    settings["data"].pop("fold")
    facts = {"settings": settings, "code": _code_digest(root), "data": _state(root / (config.data.depends_on or ""))}
    return json_digest(facts)[:KEY_DIGITS]


def _code_digest(root: Path) -> str:
    """Return a digest of the code that DVC watches for the stages that a fold runs."""
    stages = yaml.safe_load((root / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    places = {root / dep for stage in STAGES for dep in stages[stage]["deps"] if dep.startswith("pipeline/")}
    files = {file for place in places for file in (place.rglob("*") if place.is_dir() else (place,))}
    digest = hashlib.sha256()
    for file in sorted(files):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(f"{file.relative_to(root).as_posix()}\0{file_digest(file)}\0".encode())
    return digest.hexdigest()


def _state(place: Path) -> str:
    """Return a digest of a file's content, or of the names, sizes and times of the files in a folder.

    A photo that is written anew changes it. DVC compares contents: if they are the same, it trains nothing again.
    """
    if place.is_file():
        return file_digest(place)
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(place):
        folders.sort()
        for name in sorted(names):
            found = os.lstat(os.path.join(folder, name))  # noqa: PTH118
            line = f"{os.path.relpath(folder, place)}/{name}\0{found.st_size}\0{found.st_mtime_ns}\0"
            digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
