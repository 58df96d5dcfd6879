"""Compose conf/ into params.yaml: `python -m pipeline.params [overrides]`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipeline.base.addresses.credentials import masked
from pipeline.base.command import run_command
from pipeline.base.errors import PipelineError
from pipeline.base.files import write_text
from pipeline.base.paths import PARAMS, PARAMS_CHECKED, project_root
from pipeline.base.printable import printable
from pipeline.base.stage_files.dvc_lock import recorded_params
from pipeline.config.compose import changed_keys, compose
from pipeline.config.fresh_params import check_fresh, visible_changes
from pipeline.config.overrides import quote_value
from pipeline.config.params_file import COMMAND, read_params, read_values, write_params


def main(root: Path, overrides: Sequence[str] = ()) -> dict[str, tuple[object, object]]:
    """Compose `root`/conf with `overrides` into params.yaml; return the keys that changed, with old and new values.

    Raises:
        PipelineError: Hydra or the schema refuses the settings; params.yaml is left as it was.
    """
    values = compose(root, overrides)
    old = read_values(root) if (root / PARAMS).is_file() else {}
    write_params(root, values)
    return changed_keys(old, values)


def check_data_exists(root: Path) -> None:
    """Pass if the images are where params.yaml says and DVC can compute their digest, or if they are not needed.

    DVC would only name a missing file, stop at a link to nothing, and wait for ever at a named pipe. Images that were
    prepared with the same settings are not needed, since `dvc pull` may have brought the outputs without them: then
    `dvc repro --allow-missing` runs, and DVC itself refuses the others.

    Raises:
        PipelineError: they are not, or it cannot.
    """
    from pipeline.data.sources.trees.unhashable import files_dvc_cannot_hash

    data = read_params(root).data
    if not data.path or "://" in data.path:
        return
    if not (root / data.path).exists():
        if recorded_params(root, "prepare").get("data") == read_values(root)["data"]:
            return
        raise PipelineError(f"data.path={data.path} does not exist; give the folder that holds one subfolder per class")
    found = files_dvc_cannot_hash(root / data.path, root) if data.depends_on == data.path else []
    if found:
        named = ", ".join(f"{printable(path)} ({reason})" for path, reason in found[:3])
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise PipelineError(
            f"data.path={data.path} holds files that DVC cannot read: {named}{more}; remove them, or let DVC watch "
            "another file (data.depends_on=FILE): then they are left out and listed"
        )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Compose conf/ and the overrides into params.yaml, with which dvc repro then runs.\n"
        "Overrides that were given before are not kept: repeat those that you want.",
        epilog=f"examples:\n  {COMMAND} model=googlenet_bn recipe.epochs=20\n  {COMMAND} experiment=smoke\n"
        f"  {COMMAND} --explain recipe.learning_rate\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("overrides", nargs="*", help="Hydra overrides: GROUP=CHOICE or KEY=VALUE")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true", help="write nothing; fail if params.yaml does not match conf/")
    only.add_argument("--explain", metavar="KEY", help="write nothing; print a setting's meaning, range and origin")
    only.add_argument("--reference", action="store_true", help="write nothing; print docs/settings.md")
    parser.add_argument("--stage", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.check and arguments.overrides:
        parser.error("--check takes no overrides: it uses those that params.yaml records")
    if arguments.reference and arguments.overrides:
        parser.error("--reference takes no overrides: it is about conf/")
    return arguments


def _command() -> None:
    arguments, root = _parse(), project_root()
    if arguments.check:
        _check(root, stage=arguments.stage)
    elif arguments.explain:
        from pipeline.config.reference.explain import explain

        print(explain(root, arguments.explain, arguments.overrides))
    elif arguments.reference:
        from pipeline.config.reference.settings_page import settings_page

        print(settings_page(root), end="")
    else:
        _compose(root, arguments.overrides)


def _check(root: Path, *, stage: bool) -> None:
    check_fresh(root)
    print(f"{PARAMS} matches conf/.")
    if stage:
        check_data_exists(root)
        write_text(root / PARAMS_CHECKED, f"{PARAMS} matches conf/\n")


def _compose(root: Path, overrides: Sequence[str]) -> None:
    fresh = not (root / PARAMS).is_file()
    changed = main(root, overrides)
    changed.pop("overrides", None)
    for key, (old, new) in visible_changes(changed).items() if not fresh else ():
        print(masked(f"{key}: {quote_value(old)} -> {quote_value(new)}"))
    print(f"{PARAMS} written" + ("." if changed else ", nothing changed.") + " Run it with: dvc repro")


if __name__ == "__main__":
    run_command(_command)
