"""The command line of a DVC stage: it takes no arguments, and names the command that sets what was asked for."""

import argparse
import os
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.base.command import run_command
from pipeline.base.errors import PipelineError
from pipeline.base.locks.process_lock import process_lock
from pipeline.base.paths import OUTPUTS, PARAMS, project_root
from pipeline.base.temporary.leftovers import remove_half_copies
from pipeline.config.params_file import COMMAND, recorded_overrides
from pipeline.config.parse import all_keys

LOCKS = ".dvc/tmp"  # one process at a time runs a stage here: where DVC alone was killed, its stage continues
GROUPS = {  # the settings that a stage uses, and so what a bare name such as --epochs means
    "prepare": ("data.",),
    "train": ("recipe.", "model.", "checkpoint."),
    "evaluate": ("evaluation.",),
    "register": ("gate.", "tracking."),
}


def run_stage(name: str, action: Callable[[Path], object]) -> None:
    """Run the DVC stage `name` in the project's root, from any folder of the project.

    Args:
        name: of the stage, as in dvc.yaml.
        action: called with the project's root.
    """

    def stage() -> None:
        parser = argparse.ArgumentParser(
            prog=f"python -m pipeline.{name}",
            description=f"A DVC stage: `dvc repro {name}` runs it. It takes its settings from {PARAMS} alone.",
            epilog=f"Change settings with: {COMMAND} KEY=VALUE ...",
            allow_abbrev=False,
        )
        _, arguments = parser.parse_known_args()
        root = project_root()
        if arguments:
            raise PipelineError(
                f"a stage takes its settings from {PARAMS} and no arguments, got {' '.join(arguments)!r}; "
                f"type: {_advice(name, arguments, root)}"
            )
        os.chdir(root)
        with process_lock(root / LOCKS / f"{name}.lock", lambda process: _print_waiting(name, process)):
            remove_half_copies(root / OUTPUTS / name)
            action(root)

    run_command(stage)


def _print_waiting(name: str, process: str) -> None:
    print(f"another process ({process}) runs the stage {name} here; waiting for its end", flush=True)


def _advice(stage: str, arguments: Sequence[str], root: Path) -> str:
    """Return the commands that do what `arguments` ask for."""
    settings = _settings(stage, arguments) or ["KEY=VALUE"]
    recorded = recorded_overrides(root, tuple(settings)) if (root / PARAMS).is_file() else []
    return f"{' '.join([COMMAND, *map(shlex.quote, [*recorded, *settings])])} && dvc repro {stage}"


def _settings(stage: str, arguments: Sequence[str]) -> list[str]:
    """Return `--epochs 3`, `--epochs=3`, `epochs=3` or `-S recipe.epochs=3` as `recipe.epochs=3`; [] if unclear."""
    words = [word for word in arguments if word not in ("-S", "--set-param")]
    settings = []
    while words:
        name, equals, value = words.pop(0).partition("=")
        if not equals:
            value = words.pop(0) if words and not words[0].startswith("-") else "true"
        key = _key(stage, name.lstrip("-").replace("-", "_"))
        if key is None:
            return []
        settings.append(f"{key}={value}")
    return settings


def _key(stage: str, name: str) -> str | None:
    keys = all_keys()
    if name in keys:
        return name
    same = [key for key in keys if key.rpartition(".")[2] == name]
    own = [key for group in GROUPS.get(stage, ()) for key in same if key.startswith(group)]
    return next(iter([*own, *same]), None)
