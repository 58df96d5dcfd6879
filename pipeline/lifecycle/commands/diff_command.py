"""`models diff`: what differs between two versions."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.command import SubParsers
from pipeline.config.params_file import read_params
from pipeline.lifecycle.model_name import HELP, parse_model_name

if TYPE_CHECKING:
    from pipeline.lifecycle.version_facts import VersionFacts

NONE = "–"


def add_parser(subparsers: SubParsers) -> None:
    """Add the sub-command."""
    text = "Print what differs between two versions: settings, data, commit, test figures."
    parser = subparsers.add_parser("diff", help="what differs between two versions", description=text)
    parser.add_argument("a", metavar="A", help=HELP)
    parser.add_argument("b", metavar="B", help="another version")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, root: Path) -> int:
    """Print the differences; return the exit code.

    Raises:
        PipelineError: there is no such version.
    """
    from pipeline.lifecycle.registry_access import find_registered_model, find_version, registry
    from pipeline.lifecycle.version_facts import version_facts

    tracking = read_params(root).tracking
    names = [parse_model_name(text, tracking.registered_model) for text in (options.a, options.b)]
    with registry(tracking, root) as client:
        a, b = (
            version_facts(
                find_registered_model(client, name.name),
                find_version(client, name, (tracking.champion_alias, tracking.alias)),
            )
            for name in names
        )
    _print(a, b)
    return 0


def differences(a: "VersionFacts", b: "VersionFacts") -> list[tuple[str, str, str]]:
    """Return the name of each fact that differs, with its value in A and in B.

    Args:
        a: a version.
        b: another.
    """
    groups: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = [
        ("", a.lineage, b.lineage),
        *([("", a.settings, b.settings)] if a.settings and b.settings else []),
        ("test ", a.figures, b.figures),
    ]
    return [
        (prefix + key, _text(first.get(key)), _text(second.get(key)))
        for prefix, first, second in groups
        for key in dict.fromkeys([*first, *second])
        if first.get(key) != second.get(key)
    ]


def _print(a: "VersionFacts", b: "VersionFacts") -> None:
    from pipeline.lifecycle.commands.plain_table import print_table

    titles = [f"{one.name}/{one.number}" for one in (a, b)]
    found = differences(a, b)
    if titles[0] == titles[1]:
        print(f"both are {titles[0]}")
        return
    if found:
        print_table(["what", *titles], found)
    else:
        print("no difference in settings, data, commit and figures")
    for one in (a, b):
        if not one.settings:
            print(f"the settings of {one.name}/{one.number} are unknown: its MLflow run is gone")
    print(f"image by image: python -m pipeline.compare models:/{titles[0]} models:/{titles[1]}")


def _text(value: Any) -> str:
    return NONE if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
