"""`models promote`: a version becomes the champion by hand."""

import argparse
from pathlib import Path

from pipeline.base.command import SubParsers
from pipeline.base.errors import PipelineError
from pipeline.config.params_file import read_params
from pipeline.lifecycle.model_name import HELP, ModelName, parse_model_name


def add_parser(subparsers: SubParsers) -> None:
    """Add the sub-command."""
    text = (
        "Make a version the champion, the one in use. A version that misses the gate, or did not become champion by "
        "the rule when it was registered, needs --force, which is recorded for ever."
    )
    parser = subparsers.add_parser("promote", help="make a version the champion", description=text)
    parser.add_argument("name", nargs="?", metavar="NAME", help=f"{HELP} (default: the candidate)")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why, for the ledger")
    parser.add_argument("--force", action="store_true", help="against the gate's decision")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, root: Path) -> int:
    """Move the champion's alias; return the exit code.

    Raises:
        PipelineError: there is no such version, or the gate's decision is against it.
    """
    from pipeline.lifecycle.champion_moves import promote_version
    from pipeline.lifecycle.registry_access import find_version, registry

    tracking = read_params(root).tracking
    name = parse_model_name(options.name, tracking.registered_model)
    if name.alias is None and name.number is None:
        name = ModelName(name.name, tracking.alias)
    alias, reason = tracking.champion_alias, checked_reason(options.reason)
    with registry(tracking, root) as client:
        version = find_version(client, name)
        move = promote_version(client, version, alias, reason, force=options.force)
    shown = f"{version.name} version {version.version}"
    if move is None:
        print(f"{shown} is {alias} already")
    else:
        before = "" if move.before is None else f", before it version {move.before}"
        print(f"{shown} is {alias} now{before}{' (forced)' if move.forced else ''}")
    return 0


def checked_reason(text: str) -> str:
    """Return a reason as one line.

    Raises:
        PipelineError: it is empty.
    """
    reason = " ".join(text.split())
    if not reason:
        raise PipelineError("--reason is empty; the ledger keeps it for those who ask later")
    return reason
