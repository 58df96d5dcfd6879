"""What DVC has recorded of a stage in dvc.lock."""

import hashlib
from pathlib import Path
from typing import Any

import yaml

from pipeline.base.errors import PipelineError
from pipeline.base.paths import PARAMS

LOCK = "dvc.lock"


def recorded_outputs(root: Path, stage: str) -> dict[str, str]:
    """Return the MD5 that dvc.lock has for each output of `stage`, by path; empty if it has none.

    Args:
        root: the project's folder.
        stage: its name in dvc.yaml.

    Raises:
        PipelineError: dvc.lock is damaged, or has the marks of a merge.
    """
    return {out["path"]: out["md5"] for out in _recorded(root, stage).get("outs", []) if "md5" in out}


def recorded_params(root: Path, stage: str) -> dict[str, Any]:
    """Return the values of params.yaml with which `stage` made the outputs in dvc.lock; empty if it has none.

    Args:
        root: the project's folder.
        stage: its name in dvc.yaml.

    Raises:
        PipelineError: dvc.lock is damaged, or has the marks of a merge.
    """
    found: dict[str, Any] = _recorded(root, stage).get("params", {}).get(PARAMS, {})
    return found


def dvc_digest(file: Path) -> str:
    """Return the MD5 by which DVC records a file."""
    return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()


def _recorded(root: Path, stage: str) -> dict[str, Any]:
    if not (root / LOCK).is_file():
        return {}
    try:
        lock = yaml.safe_load((root / LOCK).read_text(encoding="utf-8")) or {}
        found: dict[str, Any] = lock.get("stages", {}).get(stage, {})
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError):
        cure = f"bring it back with git checkout HEAD -- {LOCK}; if git has none, remove it, and DVC uses its cache"
        raise PipelineError(f"{root / LOCK} is damaged, or has the marks of a merge; {cure}") from None
    return found
