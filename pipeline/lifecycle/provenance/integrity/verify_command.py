"""`models verify`: whether a version's files are still those that were registered, and signed."""

import argparse
from pathlib import Path

from pipeline.base.command import EXIT_FINDING, SubParsers
from pipeline.config.params_file import read_params


def add_parser(subparsers: SubParsers) -> None:
    """Add the sub-command."""
    text = (
        "Compare the files of a version with the SHA-256 digests that were written down when it was registered; with "
        "--public-key, check their signature too. Exit code: 0 all is as it was, 3 something is not, 1 it could not be "
        "checked."
    )
    parser = subparsers.add_parser("verify", help="are a version's files as they were registered", description=text)
    parser.add_argument("model", metavar="NAME", nargs="?", help="NAME, NAME@ALIAS or NAME/3 (default: the champion)")
    parser.add_argument("--public-key", type=Path, metavar="FILE", help="the signer's public key (PEM)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, root: Path) -> int:
    """Print whether the files are as they were; return the exit code.

    Raises:
        PipelineError: there is no such version, it has no manifest, or the key is none.
    """
    from pipeline.lifecycle.provenance.integrity.verification import verify_version
    from pipeline.lifecycle.provenance.named_version import named_version
    from pipeline.lifecycle.registry_access import registry

    tracking = read_params(root).tracking
    with registry(tracking, root) as client:
        checked = verify_version(named_version(client, options.model, tracking), options.public_key)
    if checked.problems:
        print(f"{checked.title} is not as it was registered:")
        print("\n".join(f"  {problem}" for problem in checked.problems))
        return EXIT_FINDING
    manifest = f"identical, {checked.files} files, manifest {checked.manifest_digest[:16]}"
    print(f"{checked.title}: {manifest if checked.manifest_digest else f'{checked.files} files'}")
    if checked.signer:
        print(f"the signature holds; key {checked.signer[:16]}")
    return 0
