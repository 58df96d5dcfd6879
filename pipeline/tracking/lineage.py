"""Where a run comes from: commit, settings, data, experiment."""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from pipeline.config.hydra_conf import flat
from pipeline.config.schema import Config

CODE = ("pipeline", "conf", "dvc.yaml")


def params_digest(config: Config) -> str:
    """Return a digest of the settings that shape a model: data, model and recipe."""
    shaping = config.model_dump(include={"data", "model", "recipe"})
    return hashlib.sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()[:16]


def lineage_tags(config: Config, root: Path, data_digest: str) -> dict[str, str]:
    """Return the tags that lead from a run or a model version back to what made it.

    `git.dirty` says whether code or conf/ differ from the commit; params.yaml may, since a run keeps it whole.
    """
    commit = _git(root, "rev-parse", "HEAD") or "none"
    tags = {
        "mlflow.source.name": "pipeline.train",
        "mlflow.source.type": "LOCAL",
        "mlflow.source.git.commit": commit,
        "git.commit": commit,
        "git.dirty": str(bool(_git(root, "status", "--porcelain", "--", *CODE))).lower(),
        "params.digest": params_digest(config),
        "data.digest": data_digest[:16],
        "overrides": " ".join(config.overrides) or "none",
    }
    if name := os.environ.get("DVC_EXP_NAME"):
        tags["dvc.experiment"] = name
    return tags


def run_params(config: Config) -> dict[str, Any]:
    """Return every setting that shapes the model under its dotted key, as MLflow parameters."""
    return flat(config.model_dump(include={"data", "model", "recipe"}))


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
