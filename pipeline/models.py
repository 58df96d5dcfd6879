"""The registry: what is registered, how it came to be so, and what is in use: `python -m pipeline.models COMMAND`."""

import argparse
import io
import sys

from pipeline.base.command import run_command
from pipeline.base.paths import project_root
from pipeline.lifecycle.commands import (
    diff_command,
    history_command,
    list_command,
    promote_command,
    rollback_command,
    show_command,
    sync_command,
)

COMMAND = "python -m pipeline.models"
# Each module has `add_parser(subparsers)`, which adds its sub-command and sets the default `run` to the module's
# `run(options, root)`; that returns the exit code. They import MLflow only when they run.
COMMANDS = (
    list_command,
    show_command,
    diff_command,
    history_command,
    promote_command,
    rollback_command,
    sync_command,
)  # fmt: skip


def _command() -> None:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="The registry of trained models. A model that passes the gate becomes a version with the alias "
        "candidate; champion is the version in use. Every move of an alias is kept in the registry.",
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(subparsers)
    options = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know every character of a name
    if code := options.run(options, project_root()):
        sys.exit(code)


if __name__ == "__main__":
    run_command(_command)
