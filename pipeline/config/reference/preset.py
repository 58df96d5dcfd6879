"""What each preset in conf/experiment/ changes."""

from pathlib import Path

from pipeline.base.paths import CONF
from pipeline.config.hydra_api import compose_unresolved, flatten, to_values
from pipeline.config.overrides import quote_value

EXPERIMENT = "experiment"


def preset_changes(root: Path) -> dict[str, list[str]]:
    """Return, for each preset, the overrides that are the same as choosing it: files of groups first, then keys.

    Args:
        root: the project's folder.
    """
    usual = _composed(root, [])
    return {file.stem: _changes(root, file.stem, usual) for file in sorted((root / CONF / EXPERIMENT).glob("*.yaml"))}


def _changes(root: Path, preset: str, usual: dict[str, object]) -> list[str]:
    values = _composed(root, [f"{EXPERIMENT}={preset}"])
    groups = [
        f"{key.removesuffix('.name')}={value}"
        for key, value in values.items()
        if key.endswith(".name") and value != usual[key]
    ]
    chosen = _composed(root, groups)
    keys = [f"{key}={quote_value(value)}" for key, value in values.items() if value != chosen[key] and key != "preset"]
    return groups + keys


def _composed(root: Path, overrides: list[str]) -> dict[str, object]:
    return flatten(to_values(compose_unresolved(root, overrides), resolve=False))
