"""`models trace`: what a version was made from, and how to make it again."""

import argparse
import json
from pathlib import Path

from pipeline.base.command import SubParsers
from pipeline.config.params_file import read_params


def add_parser(subparsers: SubParsers) -> None:
    """Add the sub-command."""
    text = (
        "Print what a version was made from: commit, settings, data, MLflow run, search, the networks that it starts "
        "from or averages with, test images, libraries; and the commands that make it again."
    )
    parser = subparsers.add_parser("trace", help="what a version was made from", description=text)
    parser.add_argument("model", metavar="NAME", nargs="?", help="NAME, NAME@ALIAS or NAME/3 (default: the champion)")
    parser.add_argument("--json", action="store_true", help="print JSON instead")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, root: Path) -> int:
    """Print the origin of a version; return the exit code.

    Raises:
        PipelineError: there is no such version, or its run is gone.
    """
    from pipeline.lifecycle.commands.plain_table import print_fields
    from pipeline.lifecycle.provenance.named_version import named_version
    from pipeline.lifecycle.provenance.origin.origin_reader import read_origin
    from pipeline.lifecycle.provenance.origin.origin_text import origin_lines
    from pipeline.lifecycle.registry_access import registry
    from pipeline.tracking.store import tracking_uri

    tracking = read_params(root).tracking
    with registry(tracking, root) as client:
        origin = read_origin(client, named_version(client, options.model, tracking), root)
    if options.json:
        print(json.dumps(origin.record(), indent=2))
    else:
        print_fields(origin_lines(origin, tracking_uri(tracking, root)))
    return 0
