"""Compose conf/ into params.yaml: `python -m pipeline.params [overrides]`."""

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path

from pipeline.base.command import run
from pipeline.base.errors import PipelineError
from pipeline.base.files import write_text
from pipeline.base.paths import OUTPUTS, PARAMS, project_root
from pipeline.config.compose import compose, differing
from pipeline.config.overrides import quoted
from pipeline.config.params_file import read_params, read_values, write_params

COMMAND = "python -m pipeline.params"
CHECKED = f"{OUTPUTS}/params.checked"


def main(root: Path, overrides: Sequence[str] = ()) -> dict[str, tuple[object, object]]:
    """Compose `root`/conf with `overrides` into params.yaml; return the keys that changed, with old and new values.

    Raises:
        PipelineError: Hydra or the schema refuses the settings; params.yaml is left as it was.
    """
    values = compose(root, overrides)
    old = read_values(root) if (root / PARAMS).is_file() else {}
    write_params(root, values)
    return differing(old, values)


def check_fresh(root: Path) -> None:
    """Pass if params.yaml is what conf/ composes to with the overrides it records.

    Raises:
        PipelineError: it is not; the sentence names the keys and the command to run.
    """
    old = read_values(root)
    overrides = old.get("overrides")
    again = [str(item) for item in overrides] if isinstance(overrides, list) else []
    new = compose(root, again)
    changed = differing(old, new)
    changed.pop("overrides", None)
    if changed:
        told = ", ".join(f"{key} is {quoted(a)}, conf/ says {quoted(b)}" for key, (a, b) in changed.items())
        command = " ".join([COMMAND, *map(shlex.quote, again)])
        raise PipelineError(
            f"{PARAMS} differs from conf/ ({told}); to take conf/'s values: {command} "
            f"(to keep a value of your own, add it: KEY=VALUE)"
        )


def refuse_missing_data(root: Path) -> None:
    """Pass if the images are where params.yaml says; DVC would only name the missing file.

    Raises:
        PipelineError: they are not.
    """
    path = read_params(root).data.path
    if path and not (root / path).exists():
        raise PipelineError(f"data.path={path} does not exist; give the folder that holds one sub-folder per class")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Compose conf/ into params.yaml, which dvc repro then runs with.",
        epilog=f"examples: {COMMAND} model=googlenet_bn recipe.epochs=20   {COMMAND} experiment=smoke",
    )
    parser.add_argument("overrides", nargs="*", help="Hydra overrides: GROUP=CHOICE or KEY=VALUE")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if params.yaml is not what conf/ says"
    )
    parser.add_argument("--stage", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.check and arguments.overrides:
        parser.error("--check takes no overrides: it uses those that params.yaml records")
    return arguments


def _command() -> None:
    arguments = _parse()
    root = project_root()
    if arguments.check:
        check_fresh(root)
        print(f"{PARAMS} is what conf/ says.")
        if arguments.stage:
            refuse_missing_data(root)
            write_text(root / CHECKED, f"{PARAMS} is what conf/ says\n")
        return
    fresh = not (root / PARAMS).is_file()
    changed = main(root, arguments.overrides)
    changed.pop("overrides", None)
    for key, (old, new) in changed.items() if not fresh else ():
        print(f"{key}: {quoted(old)} -> {quoted(new)}")
    print(f"{PARAMS} written" + ("." if changed else ", nothing changed.") + " Run it with: dvc repro")


if __name__ == "__main__":
    run(_command)
