"""`models rollback`: the champion is the version that it was before."""

import argparse
from pathlib import Path

from pipeline.base.command import SubParsers
from pipeline.base.errors import PipelineError
from pipeline.config.params_file import read_params
from pipeline.lifecycle.commands.promote_command import checked_reason
from pipeline.lifecycle.model_name import parse_model_name


def add_parser(subparsers: SubParsers) -> None:
    """Add the sub-command."""
    text = "Make the version the champion that was it before, by the ledger. Repeated, it goes back further."
    parser = subparsers.add_parser("rollback", help="go back to the champion before", description=text)
    parser.add_argument("name", nargs="?", metavar="NAME", help="registered model (default: the project's)")
    parser.add_argument("--to", type=int, metavar="N", help="an earlier champion's number (default: the last one)")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why, for the ledger")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, root: Path) -> int:
    """Move the champion's alias back; return the exit code.

    Raises:
        PipelineError: there was no champion before.
    """
    from pipeline.lifecycle.champion_moves import roll_back
    from pipeline.lifecycle.registry_access import registry

    tracking = read_params(root).tracking
    name = parse_model_name(options.name, tracking.registered_model)
    if name.alias is not None or name.number is not None:
        raise PipelineError(f"rollback takes a registered model, not one of its versions: write {name.name} [--to N]")
    reason = checked_reason(options.reason)
    with registry(tracking, root) as client:
        move = roll_back(client, name.name, tracking.champion_alias, reason, options.to)
    before = f"before it version {move.before}" if move.before is not None else "before it there was none"
    print(f"{name.name} version {move.after} is {move.alias} again, {before}")
    return 0
