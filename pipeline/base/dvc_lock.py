"""What DVC has recorded of a stage in dvc.lock."""

import hashlib
from pathlib import Path

import yaml

LOCK = "dvc.lock"


def recorded_outputs(root: Path, stage: str) -> dict[str, str]:
    """Return the MD5 that dvc.lock has for each output of `stage`, by path; empty if it has none.

    Args:
        root: the project's folder.
        stage: its name in dvc.yaml.
    """
    if not (root / LOCK).is_file():
        return {}
    lock = yaml.safe_load((root / LOCK).read_text(encoding="utf-8")) or {}
    outputs = lock.get("stages", {}).get(stage, {}).get("outs", [])
    return {out["path"]: out["md5"] for out in outputs if "md5" in out}


def dvc_digest(file: Path) -> str:
    """Return the MD5 by which DVC records a file."""
    return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
