"""`models sign`: sign a version's files with a key."""

import argparse
from pathlib import Path

from pipeline.base.command import SubParsers
from pipeline.config.params_file import read_params

DESCRIPTION = """Sign the files of a version, in the OpenSSF model-signing format. The signature lies beside the
manifest, among the files of the version's MLflow run (provenance/model.sig). It needs pip install -e '.[sign]'.

Make a pair of keys with:
  openssl ecparam -name prime256v1 -genkey -noout -out signing.key
  openssl ec -in signing.key -pubout -out signing.pub
The password of an encrypted key is read from PIPELINE_SIGNING_PASSWORD.
"""


def add_parser(subparsers: SubParsers) -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser(
        "sign",
        help="sign a version's files",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", metavar="NAME", nargs="?", help="NAME, NAME@ALIAS or NAME/3 (default: the champion)")
    parser.add_argument("--key", type=Path, metavar="FILE", required=True, help="your private key (PEM)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, root: Path) -> int:
    """Sign a version; return the exit code.

    Raises:
        PipelineError: there is no such version, its files have changed, the library is missing, or the key is none.
    """
    from pipeline.lifecycle.provenance.integrity.version_files import version_title
    from pipeline.lifecycle.provenance.integrity.version_manifest import write_manifest
    from pipeline.lifecycle.provenance.named_version import named_version
    from pipeline.lifecycle.registry_access import registry

    tracking = read_params(root).tracking
    with registry(tracking, root) as client:
        version = named_version(client, options.model, tracking)
        write_manifest(version.name, int(version.version), options.key)
    print(f"{version_title(version)} is signed; others check it with:")
    print(f"  python -m pipeline.models verify {version.name}/{version.version} --public-key FILE")
    return 0
