"""Where a run comes from: commit, settings, data, search, DVC experiment."""

import os
import re
from pathlib import Path
from typing import Any

from pipeline.base.digests import SHORT, json_digest
from pipeline.base.git.git_command import GitError, git
from pipeline.base.paths import CONF
from pipeline.config.hydra_api import flatten
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.schema.search_schema import LATEST, PREVIOUS, TUNED

TUNED_BY = "tuned."  # prefix of tags about the search that recommended the settings
SEARCH_FACTS = re.compile(r"^# (search|run|trial|score): (.*)$", re.MULTILINE)  # at the top of what a search writes
CODE = ("benchmarks", "pipeline", "conf", "dvc.yaml")


def params_digest(config: Config) -> str:
    """Return a digest of the settings that shape a model: data, model and recipe."""
    return json_digest(config.model_dump(include={"data", "model", "recipe"}))


def lineage_tags(config: Config, root: Path, data_digest: str) -> dict[str, str]:
    """Return the tags that lead from a run or a model version back to what made it.

    `git.dirty` is `true` if code or conf/ differ from the commit, `unknown` if git cannot be asked; params.yaml may
    differ, since each run keeps it whole.

    Args:
        config: the settings.
        root: the project's folder.
        data_digest: of the prepared data.
    """
    commit = _git(root, "rev-parse", "HEAD")
    changes = _git(root, "status", "--porcelain", "--", *CODE)
    tags = {
        "mlflow.source.name": "pipeline.train",
        "mlflow.source.type": "LOCAL",
        "mlflow.source.git.commit": commit or "none",
        "git.commit": commit or "none",
        "git.dirty": "unknown" if changes is None else str(bool(changes)).lower(),
        "params.digest": params_digest(config),
        "data.digest": data_digest[:SHORT],
        "overrides": " ".join(config.overrides) or "none",
    }
    for group, chosen in (("recipe", config.recipe.name), ("model", config.model.name)):
        file = root / CONF / group / f"{chosen}.yaml"
        if chosen in (TUNED, PREVIOUS, LATEST) and file.is_file():
            tags |= search_tags(file.read_text(encoding="utf-8"))
    if name := os.environ.get("DVC_EXP_NAME"):
        tags["dvc.experiment"] = name
    return tags


def search_tags(text: str) -> dict[str, str]:
    """Return tags that lead to the search which wrote a file of conf/, such as `tuned.search` and `tuned.trial`.

    Args:
        text: of the file; searches say at its top where it comes from.
    """
    return {f"{TUNED_BY}{name}": value.strip() for name, value in SEARCH_FACTS.findall(text)}


def run_params(config: Config) -> dict[str, Any]:
    """Return every setting that shapes the model under its dotted key, as MLflow parameters."""
    return flatten(config.model_dump(include={"data", "model", "recipe"}))


def _git(root: Path, *arguments: str) -> str | None:
    try:
        return git(root, *arguments)
    except GitError:
        return None
