"""`models rebuild`: retrain a version in a clean clone, and compare the weights."""

import argparse
from pathlib import Path

from pipeline.base.command import EXIT_FINDING, SubParsers
from pipeline.config.params_file import read_params


def add_parser(subparsers: SubParsers) -> None:
    """Add the sub-command."""
    text = (
        "Retrain a version in a clean clone of its commit, with its settings and without any cache, and say "
        "whether the weights are identical. It takes as long as the training did. Exit code: 0 identical to the last "
        "bit, 3 they differ, 1 it could not be trained."
    )
    parser = subparsers.add_parser("rebuild", help="retrain a version and compare the weights", description=text)
    parser.add_argument("model", metavar="NAME", nargs="?", help="NAME, NAME@ALIAS or NAME/3 (default: the champion)")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="keep the clone there (default: it is removed)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, root: Path) -> int:
    """Rebuild a version and print whether its weights are identical; return the exit code.

    Raises:
        PipelineError: there is no such version, or it cannot be trained.
    """
    from pipeline.lifecycle.provenance.named_version import named_version
    from pipeline.lifecycle.provenance.rebuild.model_rebuild import rebuild_version
    from pipeline.lifecycle.registry_access import registry

    tracking = read_params(root).tracking
    into = options.into.absolute() if options.into else None
    with registry(tracking, root) as client:
        version = named_version(client, options.model, tracking)
        rebuilt = rebuild_version(client, version, root, into, lambda line: print(line, flush=True))
    if rebuilt.difference is None:
        print(f"{rebuilt.title} rebuilt: identical to the last bit, SHA-256 {rebuilt.digest}")
        return 0
    print(f"{rebuilt.title} rebuilt, not identical: {rebuilt.difference.sentence()}")
    for reason in rebuilt.reasons:
        print(f"  {reason}")
    if not rebuilt.reasons:
        print("  no difference of code, settings, data, libraries or processor is known")
    return EXIT_FINDING
