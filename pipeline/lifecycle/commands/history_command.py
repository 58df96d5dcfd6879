"""`models history`: every move of an alias, from the ledger."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.command import SubParsers
from pipeline.base.errors import PipelineError
from pipeline.config.params_file import read_params
from pipeline.lifecycle.model_name import parse_model_name

if TYPE_CHECKING:
    from pipeline.registry.ledger import AliasMove

SHORT_ID = 8  # digits of a run's id or a commit
SHORTENED = ("run", "commit", "data")


def add_parser(subparsers: SubParsers) -> None:
    """Add the sub-command."""
    text = (
        "Print every move of the aliases of a registered model, the oldest first: when, who, from where to where, why."
    )
    parser = subparsers.add_parser("history", help="every move of an alias", description=text)
    parser.add_argument("name", nargs="?", metavar="NAME", help="NAME, or NAME@ALIAS for one alias only")
    parser.add_argument("--json", action="store_true", help="print JSON instead")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, root: Path) -> int:
    """Print the moves; return the exit code.

    Raises:
        PipelineError: there is no such model.
    """
    from pipeline.lifecycle.registry_access import find_registered_model, registry
    from pipeline.registry.aliases import unrecorded_moves
    from pipeline.registry.ledger import ledger_of, unreadable_moves

    tracking = read_params(root).tracking
    name = parse_model_name(options.name, tracking.registered_model)
    if name.number is not None:
        raise PipelineError(f"history takes a registered model or an alias: write {name.name} or {name.name}@ALIAS")
    with registry(tracking, root) as client:
        model = find_registered_model(client, name.name)
    moves = [move for move in [*ledger_of(model), *unrecorded_moves(model)] if name.alias in (None, move.alias)]
    if unreadable := unreadable_moves(model):
        print(
            f"left out, since the tags that record them are damaged: {unreadable} of {name.name}'s moves",
            file=sys.stderr,
        )
    if options.json:
        print(json.dumps([asdict(move) for move in moves], indent=2, ensure_ascii=False))
    elif moves:
        _print(moves)
    else:
        print(f"no alias of {name} was ever moved")
    return 0


def _print(moves: "list[AliasMove]") -> None:
    from pipeline.lifecycle.commands.plain_table import print_table

    head = ["when", "who", "alias", "from → to", "action", "why", "evidence"]
    print_table(head, [_row(move) for move in moves])


def _row(move: "AliasMove") -> list[str]:
    when = f"{datetime.fromisoformat(move.when).astimezone():%Y-%m-%d %H:%M:%S}" if move.when else "not recorded"
    places = ["–" if number is None else str(number) for number in (move.before, move.after)]
    evidence = ", ".join(
        f"{key} {value[:SHORT_ID] if key in SHORTENED and isinstance(value, str) else value}"
        for key, value in move.evidence.items()
    )
    action = move.action + (" (forced)" if move.forced else "")
    return [when, move.who, move.alias, " → ".join(places), action, move.reason, evidence or "–"]
