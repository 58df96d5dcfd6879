"""A copy of `pipeline.runtime` inside an MLflow model, so that it can be served without this repository."""

import hashlib
import shutil
from importlib.resources import as_file, files
from pathlib import Path

PACKAGE, LOADER = "image_classifier", "serving.mlflow_loader"


def copy_runtime(folder: Path) -> str:
    """Copy the package into `folder`; return the dotted name of the module from which MLflow loads the model.

    The package's name ends in a digest of its files: models of different versions, loaded in one process, each use
    their code.
    """
    with as_file(files("pipeline.runtime")) as source:
        name = f"{PACKAGE}_{_digest(source)}"
        shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return f"{name}.{LOADER}"


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]
