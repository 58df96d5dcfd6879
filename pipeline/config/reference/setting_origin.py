"""Which file of conf/, or which override, sets a value."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode

from pipeline.base.paths import CONF


def setting_origin(root: Path, key: str, overrides: Sequence[str], primary: str = "config") -> str:
    """Return what sets `key`: `the override KEY=VALUE`, or a file such as `conf/recipe/quick.yaml`.

    Args:
        root: the project's folder.
        key: dotted.
        overrides: that conf/ is composed with, in Hydra's grammar.
        primary: name of the file in conf/ that lists all others.
    """
    for override in reversed(overrides):
        name = override.lstrip("+~").partition("=")[0]
        if "." in name and (name == key or key.startswith(f"{name}.")):
            return f"the override {override}"
    files = [file for file, prefix in _files(root, overrides, primary) if _has(file, key, prefix)]
    return files[-1].relative_to(root).as_posix() if files else "the schema's default"


def _files(root: Path, overrides: Sequence[str], primary: str) -> list[tuple[Path, str]]:
    """Return the files that Hydra merges, in order, each with the key under which its content is placed."""
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(root / CONF), version_base=None):
        loader = GlobalHydra.instance().config_loader()
        merged = loader.compute_defaults_list(primary, list(overrides), RunMode.RUN).defaults
    return [
        (root / CONF / f"{item.config_path}.yaml", item.package or "")
        for item in merged
        if item.config_path and not item.config_path.startswith("hydra")
    ]


def _has(file: Path, key: str, prefix: str) -> bool:
    if not file.is_file() or not (not prefix or key.startswith(f"{prefix}.")):
        return False
    value: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    for part in key.removeprefix(f"{prefix}.").split("."):
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True
