"""Examine the installation and the project, and say what mends what is wrong: `python -m pipeline.doctor`."""

import argparse
import io
import shutil
import sys
from pathlib import Path

from pipeline.base.command import EXIT_FINDING, run_command
from pipeline.base.paths import project_root
from pipeline.diagnosis.checkup import examine
from pipeline.diagnosis.checkup_report import report_json, report_text, worst
from pipeline.diagnosis.finding import Finding, Verdict

COMMAND = "python -m pipeline.doctor"


def main(root: Path, *, fix: bool = False) -> list[Finding]:
    """Return what all checks find.

    Args:
        root: the project's folder.
        fix: whether to mend what can be mended without risk.
    """
    return examine(root, fix=fix)


def _command() -> None:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Check Python, packages, processor, disk, git, settings, data, DVC, the MLflow store, checkpoints "
        "and leftovers. Below a warning or problem is a command that mends it or shows more. "
        "Exit code 3: there is a problem.",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object instead of a table")
    parser.add_argument(
        "--fix",
        action="store_true",
        help="mend what can be mended without risk: locations of a moved project's files, runs and leftovers of killed "
        "processes",
    )
    options = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know every character of a name
    found = main(project_root(), fix=options.fix)
    width = shutil.get_terminal_size((120, 24)).columns
    print(report_json(found) if options.json else report_text(found, width))
    if worst(found) is Verdict.PROBLEM:
        sys.exit(EXIT_FINDING)


if __name__ == "__main__":
    run_command(_command)
