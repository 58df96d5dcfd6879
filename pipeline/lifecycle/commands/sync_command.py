"""`models sync`: the registry agrees with the result in the workspace again, without training."""

import argparse
from pathlib import Path

from pipeline.base.command import EXIT_FINDING, SubParsers
from pipeline.config.params_file import read_params


def add_parser(subparsers: SubParsers) -> None:
    """Add the sub-command."""
    text = (
        "Make the registry agree with the result in the workspace, as after rm mlflow.db, dvc pull in another clone, "
        "or git checkout and dvc checkout of an earlier result. The model is registered if the registry lacks it, and "
        "the candidate points to it; the champion only if there is none. Nothing is trained and no file changes."
    )
    parser = subparsers.add_parser("sync", help="make the registry agree with the workspace", description=text)
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 3 if they disagree")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, root: Path) -> int:
    """Compare, and with no `--check` bring in line; return the exit code.

    Raises:
        PipelineError: there is no result, files of it are missing, or the store does not answer.
    """
    from pipeline.lifecycle.alignment.registry_sync import registry_agreement, sync_registry
    from pipeline.lifecycle.alignment.workspace_result import read_result

    config, result = read_params(root), read_result(root)
    if not result.registered:
        print(f"nothing to do: {result.decision['reason']}")
        return 0
    done = [] if options.check else sync_registry(result, config, root)
    found = registry_agreement(result, config, root)
    for line in [*done, *found.differences, *found.notes]:
        print(line)
    if found.differences:
        print("python -m pipeline.models sync brings the registry in line")
        return EXIT_FINDING
    if not done:
        print(f"registry and workspace agree: {found.name} version {found.number}")
    return 0
