"""Where a run comes from: commit, settings, data, DVC experiment."""

import os
import subprocess
from pathlib import Path
from typing import Any

from pipeline.base.digests import SHORT, json_digest
from pipeline.config.hydra_api import flatten
from pipeline.config.schema.pipeline_schema import Config

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
    if name := os.environ.get("DVC_EXP_NAME"):
        tags["dvc.experiment"] = name
    return tags


def run_params(config: Config) -> dict[str, Any]:
    """Return every setting that shapes the model under its dotted key, as MLflow parameters."""
    return flatten(config.model_dump(include={"data", "model", "recipe"}))


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
