"""Write a trained model for other engines: `python -m pipeline.export [MODEL] --to FORMAT…`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from pipeline.base.command import run_command
from pipeline.base.digests import file_digest
from pipeline.base.errors import PipelineError, one_line
from pipeline.base.paths import project_root
from pipeline.exporting.export_folder import check_folder
from pipeline.exporting.export_report import ExportReport
from pipeline.exporting.formats.variant import FORMATS, wanted_variants
from pipeline.inference.model_files import ModelFiles, find_model

COMMAND = "python -m pipeline.export"
USAGE = "%(prog)s [MODEL] [--to FORMAT ...] [--int8] [--output DIR] [--max-drop X] [--rounds N] [--help]"
EXPORTS = Path("exports")
ROUNDS, MAX_DROP = 5, 0.01
WIDE = 200  # columns where there is no terminal


def main(options: argparse.Namespace) -> ExportReport:
    """Write and check the formats, measure them, write and print the report, and return it.

    Raises:
        PipelineError: no such model, a missing package, a folder that is no export, no images for int8, or a format
            that failed: then the others are written, and so is the report.
        KeyboardInterrupt: its message says which formats are written.
    """
    variants = wanted_variants(options.to, options.int8)
    files = find_model(options.model, "MODEL")
    folder = options.output or EXPORTS / _folder_name(files)
    check_folder(folder, [variant.name for variant in variants])
    print(f"{files.name}: {', '.join(variant.name for variant in variants)}", file=sys.stderr, flush=True)
    for name in options.to if options.int8 else ():
        if FORMATS[name].int8_packages is None:
            print(f"{name} has no int8: it is written in float32 only", file=sys.stderr)
    from pipeline.exporting.export_run import ExportRun

    run = ExportRun(files, folder, _root(), int8=options.int8)
    try:
        run.write(variants)
        report = run.measured(options.rounds)
    except KeyboardInterrupt:
        written = ", ".join(variant.name for variant in run.written) or "nothing"
        raise KeyboardInterrupt(f"written and checked in {folder}: {written}; there is no new report.") from None
    _print_report(report, options.max_drop)
    _log(_written(report, folder), files)
    print(f"{folder}: report.json, report.md", file=sys.stderr)
    if run.failures:
        raise PipelineError("; ".join(run.failures))
    return report


def _folder_name(files: ModelFiles) -> str:
    """Return `NAME-VERSION`, or for a file its stem and the beginning of its digest."""
    return "-".join(files.registered or (files.keras.stem, file_digest(files.keras)[:8]))


def _root() -> Path | None:
    """Return the project's folder, or None outside of one: a `.keras` file can be exported anywhere."""
    try:
        return project_root()
    except PipelineError:
        return None


def _print_report(report: ExportReport, max_drop: float) -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    console.print(report.table())
    for note in report.notes:
        console.print(note, style="dim")
    for warning in report.accuracy_drops(max_drop):
        print(f"warning: {warning}", file=sys.stderr)


def _written(report: ExportReport, folder: Path) -> list[Path]:
    try:
        return report.write(folder)
    except OSError as error:
        raise PipelineError(f"cannot write the report into {folder}: {one_line(error)}") from None


def _log(written: Sequence[Path], files: ModelFiles) -> None:
    """Log the report to the run that trained the model, if it is registered; an export is good without that."""
    root = _root()
    if files.registered is None or root is None:
        return
    from pipeline.config.params_file import read_params
    from pipeline.tracking.models.export_log import log_export

    try:
        log_export(files.registered, written, read_params(root).tracking, root)
    except PipelineError as error:
        print(f"warning: the report is not logged: {error}", file=sys.stderr)


def _format_name(text: str) -> str:
    if text not in FORMATS:
        known = ", ".join(FORMATS)
        raise argparse.ArgumentTypeError(f"invalid choice: {text!r} (choose from {known}; MODEL goes before --to)")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        usage=USAGE,
        description="Write a trained model for other engines, with preprocessing inside: raw images in, class "
        "probabilities out. Each format is checked against Keras's answers and measured. Exit code: 0, or 1 if a "
        "format failed or for another error, 2 for a wrong option, 130 after Ctrl-C.",
    )
    parser.add_argument(
        "model", nargs="?", metavar="MODEL",
        help=".keras file or models:/NAME@alias; goes first, before --to (default: the champion, else the candidate)",
    )  # fmt: skip
    parser.add_argument(
        "--to", nargs="+", type=_format_name, default=[*FORMATS], metavar="FORMAT",
        help=f"one or several of {', '.join(FORMATS)} (default: all)",
    )  # fmt: skip
    parser.add_argument("--int8", action="store_true", help="write int8 variants too, calibrated on training images")
    parser.add_argument("--output", type=Path, metavar="DIR", help="(default: exports/NAME-VERSION)")
    parser.add_argument(
        "--max-drop", type=float, default=MAX_DROP, metavar="X",
        help=f"warn if int8 loses more test accuracy (default: {MAX_DROP})",
    )  # fmt: skip
    parser.add_argument(
        "--rounds", type=int, metavar="N", default=ROUNDS, help=f"of timing; 0: none (default: {ROUNDS})"
    )
    return parser


def _command() -> None:
    parser = _parser()
    options = parser.parse_args()
    if options.rounds < 0:
        parser.error(f"--rounds must be at least 0, got {options.rounds}")
    if not 0 <= options.max_drop <= 1:
        parser.error(f"--max-drop must be from 0 to 1, got {options.max_drop:g}")
    main(options)


if __name__ == "__main__":
    run_command(_command)
