"""Compare new images with those that a model was trained on: `python -m pipeline.monitor PATHS`."""

import argparse
import io
import json
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.command import EXIT_FINDING, run_command
from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable

if TYPE_CHECKING:
    from pipeline.monitoring.comparison import NewImages
    from pipeline.monitoring.reference.image_reference import ImageReference
    from pipeline.monitoring.shown.monitor_outcome import MonitorOutcome
    from pipeline.report.monitor.monitor_content import MonitorContent
    from pipeline.runtime.images.image_inputs import NamedImage

COMMAND = "python -m pipeline.monitor"
EPILOG = f"""examples:
  {COMMAND} photos/today
  {COMMAND} photos/today --model models:/googlenet-flowers@champion --ignore class_mix
  {COMMAND} photos/today --json > today.json || mail -s "images changed" me < today.json
exit code: 0 no alarm, or too few images to show anything; {EXIT_FINDING} an alarm; 1 an error; 2 a wrong option; 130
Ctrl-C."""


def main(options: argparse.Namespace) -> "MonitorOutcome":
    """Compare what the options name with the model's reference, and write the page.

    Raises:
        PipelineError: nothing to compare, no such model, a model without a reference, no readable image, or a page that
            cannot be written.
    """
    from pipeline.base.digests import file_digest
    from pipeline.inference.file_list import listed_files
    from pipeline.inference.loading import load_found
    from pipeline.inference.model_files import find_model
    from pipeline.inference.output.destination_check import check_destinations
    from pipeline.monitoring.comparison import LEAST_IMAGES
    from pipeline.monitoring.new_images import ImageMeter, measure_files
    from pipeline.monitoring.reference.image_reference import REFERENCE_NAME, read_reference
    from pipeline.monitoring.shift.measure_shift import NAMES
    from pipeline.monitoring.shown.monitor_outcome import MonitorOutcome
    from pipeline.report.monitor.monitor_page import write_monitor_page
    from pipeline.runtime.classifier import worker_count

    if options.output.suffix.lower() != ".html":
        raise PipelineError(f"--output {printable(str(options.output))} must end in .html")
    if set(NAMES) <= set(options.ignore):
        raise PipelineError("--ignore leaves out every measure: nothing is left to compare")
    files = listed_files(options.paths)
    check_destinations([options.output], [file.path for file in files])
    found = find_model(options.model)
    reference = read_reference(found.keras.parent / REFERENCE_NAME, file_digest(found.keras))
    classifier = load_found(found, options.engine, worker_count(len(files)))
    new, images, unreadable = measure_files(ImageMeter(classifier, reference.space), [file.path for file in files])
    if new is None:
        path, reason = (printable(text) for text in unreadable[0])
        raise PipelineError(f"none of {len(files):,} files can be read; the first, {path}: {reason}")
    if len(images) < LEAST_IMAGES:
        few = f"Nothing can be concluded from {len(images)} images"
        why = f"{few}: it takes at least {LEAST_IMAGES}; no page is written."
        return MonitorOutcome(found.name, len(images), unreadable, None, why, _share(images, unreadable, options))
    outcome, content = _compared(found.name, new, images, reference, options, unreadable)
    try:
        write_monitor_page(options.output.resolve(), content)
    except OSError as error:
        raise PipelineError(f"cannot write {printable(str(options.output))}: {error.strerror}") from None
    return outcome


def _compared(
    model: str,
    new: "NewImages",
    images: "Sequence[NamedImage]",
    reference: "ImageReference",
    options: argparse.Namespace,
    unreadable: Sequence[tuple[str, str]],
) -> "tuple[MonitorOutcome, MonitorContent]":
    """Return the outcome, and what the page shows of it."""
    from pipeline.monitoring.comparison import compare_images
    from pipeline.monitoring.shown.monitor_content_builder import monitor_content
    from pipeline.monitoring.shown.monitor_outcome import MonitorOutcome
    from pipeline.monitoring.shown.shift_text import sentence

    shifts = compare_images(new, reference, options.ignore)
    outcome = MonitorOutcome(
        model, len(images), unreadable, shifts, sentence(shifts), _share(images, unreadable, options)
    )
    facts = {"model": model, "new images": f"{len(images):,}", "unreadable files": f"{len(unreadable):,}"}
    facts["reference"] = f"{len(reference.held_out):,} held-out and {len(reference.training):,} training images"
    return outcome, monitor_content(new, images, reference, outcome, facts)


def _share(images: "Sequence[NamedImage]", unreadable: Sequence[tuple[str, str]], options: argparse.Namespace) -> str:
    from pipeline.monitoring.shown.unreadable_share import UNREADABLE, unreadable_alarm

    return "" if UNREADABLE in options.ignore else unreadable_alarm(len(images), len(unreadable))


def _parser() -> argparse.ArgumentParser:
    from pipeline.monitoring.shift.measure_shift import NAMES
    from pipeline.monitoring.shown.unreadable_share import UNREADABLE

    measures = (*NAMES, UNREADABLE)
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Compare new images with the reference that a model keeps of its training: size, brightness, "
        "contrast, sharpness, what the network sees, its confidence, the mix of predicted classes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="file, folder, pattern, or - for a list on standard input"
    )
    parser.add_argument("--model", help=".keras file or models:/NAME@alias (default: this project's model in use)")
    parser.add_argument("--engine", choices=("auto", "openvino", "keras"), default="auto", help="(default: auto)")
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        choices=measures,
        metavar="MEASURE",
        help=f"leave out: {', '.join(measures)}",
    )
    parser.add_argument(
        "--output", type=Path, default=Path("monitor.html"), metavar="FILE", help="the page (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print the comparison as JSON instead of a table")
    return parser


def _command() -> None:
    options = _parser().parse_args()
    warnings.filterwarnings("ignore", message="Image size .* exceeds limit")  # Pillow's, of photos that it reads
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know every character of a name
    from rich.console import Console

    found = main(options)
    found.print_unreadable(Console(stderr=True, highlight=False))
    if options.json:
        print(json.dumps(found.record(), indent=2, allow_nan=False))
    else:
        found.print_to(Console(highlight=False))
        if found.shifts is not None:
            print(f"page: {printable(str(options.output))}")
    if found.alarm:
        sys.exit(EXIT_FINDING)


if __name__ == "__main__":
    run_command(_command)
