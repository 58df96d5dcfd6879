"""`models show`: one version."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.command import SubParsers
from pipeline.config.params_file import read_params
from pipeline.lifecycle.model_name import HELP, parse_model_name

if TYPE_CHECKING:
    from pipeline.lifecycle.version_facts import VersionFacts

FIGURES = ("accuracy", "images", "macro_f1", "min_class_recall", "loss", "expected_calibration_error")
SHOWN_DIGITS = 16  # of a digest


def add_parser(subparsers: SubParsers) -> None:
    """Add the sub-command."""
    text = "Print one version: aliases, test figures, the gate's criteria, data, commit, and how to use it."
    parser = subparsers.add_parser("show", help="one version", description=text)
    parser.add_argument("name", nargs="?", metavar="NAME", help=f"{HELP} (default: the champion, else the candidate)")
    parser.add_argument("--json", action="store_true", help="print JSON instead")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, root: Path) -> int:
    """Print the version; return the exit code.

    Raises:
        PipelineError: there is no such version.
    """
    from pipeline.lifecycle.registry_access import find_registered_model, find_version, registry
    from pipeline.lifecycle.version_facts import version_facts

    tracking = read_params(root).tracking
    name = parse_model_name(options.name, tracking.registered_model)
    with registry(tracking, root) as client:
        version = find_version(client, name, (tracking.champion_alias, tracking.alias))
        facts = version_facts(find_registered_model(client, name.name), version)
    if options.json:
        print(json.dumps(asdict(facts), indent=2, ensure_ascii=False))
    else:
        _print(facts, tracking.champion_alias)
    return 0


def _print(facts: "VersionFacts", champion: str) -> None:
    from pipeline.lifecycle.commands.plain_table import print_fields

    alias = champion if champion in facts.aliases else next(iter(facts.aliases), None)
    address = f"models:/{facts.name}@{alias}" if alias else f"models:/{facts.name}/{facts.number}"
    figures = [(f"test {name}", f"{facts.figures[name]:.6g}") for name in FIGURES if name in facts.figures]
    lineage = [
        (name, value[:SHOWN_DIGITS] if name.endswith("digest") else value) for name, value in facts.lineage.items()
    ]
    print_fields([
        ("version", f"{facts.name} version {facts.number}"),
        ("aliases", ", ".join(facts.aliases) or "none"),
        ("registered", facts.registered),
        *figures,
        *[(f"gate {metric}", text) for metric, text in facts.criteria.items()],
        ("champion", facts.champion or "no record of a comparison"),
        *([("forced", facts.forced)] if facts.forced else []),
        *lineage,
        ("MLflow run", facts.run or "unknown"),
        ("classify", f"python -m pipeline.predict PHOTO --model {address}"),
        ("serve", f"mlflow models serve -m {address} --env-manager local"),
        ("in Python", f'pipeline.inference.load_model("{address}")'),
    ])  # fmt: skip
