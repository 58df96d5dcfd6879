"""`models list`: the registered models, their versions and aliases."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.command import SubParsers
from pipeline.config.params_file import read_params

if TYPE_CHECKING:
    from pipeline.lifecycle.model_rows import ModelRow


def add_parser(subparsers: SubParsers) -> None:
    """Add the sub-command."""
    text = "Print the registered models: versions, aliases, test accuracy, age."
    parser = subparsers.add_parser("list", help="the registered models", description=text)
    parser.add_argument("--json", action="store_true", help="print JSON instead")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, root: Path) -> int:
    """Print the registered models; return the exit code.

    Raises:
        PipelineError: there is no store, or it does not answer.
    """
    from pipeline.lifecycle.model_rows import model_rows
    from pipeline.lifecycle.registry_access import registry

    tracking = read_params(root).tracking
    with registry(tracking, root) as client:
        rows = model_rows(client, (tracking.champion_alias, tracking.alias))
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    elif rows:
        _print(rows)
    else:
        print(
            "no model is registered here; dvc repro registers the first that passes the gate, "
            "python -m pipeline.models sync a result that is here already"
        )
    return 0


def _print(rows: "list[ModelRow]") -> None:
    from pipeline.lifecycle.commands.plain_table import print_table

    shown = [
        [
            row.name,
            str(row.versions),
            ", ".join(f"{alias} → {number}" for alias, number in row.aliases.items()) or "–",
            "–" if row.accuracy is None else f"{row.accuracy:.4f}",
            row.age,
        ]
        for row in rows
    ]
    print_table(["name", "versions", "aliases", "accuracy", "newest"], shown)
