"""Classify photos with a trained model: `python -m pipeline.predict PATHS`."""

import argparse
import io
import sys
import time
import warnings
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from rich.console import Console

from pipeline.base.command import run_command
from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.base.progress_bar import ProgressBar
from pipeline.inference.evidence import class_evidence
from pipeline.inference.file_list import ListedFile, listed_files
from pipeline.inference.label_report import LabelReport
from pipeline.inference.loading import load_model
from pipeline.inference.output.destination import FORMATS, OutputOptions, open_writer, output_kind
from pipeline.inference.output.destination_check import check_destinations
from pipeline.runtime.classifier import Classifier, worker_count
from pipeline.runtime.images.image_inputs import file_image
from pipeline.runtime.prediction import Outcome

COMMAND = "python -m pipeline.predict"
SOME_UNREADABLE = 3  # exit code; 1 is for none readable, as for any error
LISTED = 5  # unreadable files whose reasons are printed at the end
SHEET_IMAGES, SHEET_CLASSES = 300, 5  # on the page, and for each image there


def main(options: argparse.Namespace) -> list[Outcome]:
    """Classify what the options name; write or print the predictions, and return their outcomes in order.

    Raises:
        PipelineError: nothing to classify, no such model, or a file that cannot be written.
        KeyboardInterrupt: its message says how many predictions have been written.
    """
    kind = output_kind(options.format, options.output)
    files = listed_files(options.paths)
    check_destinations([options.output, options.sheet], [file.path for file in files])
    classifier = load_model(options.model, options.engine, worker_count(len(files)), options.temperature)
    print(f"{classifier.name}, {len(classifier.classes)} classes, {classifier.engine.name}", file=sys.stderr)
    output = OutputOptions(kind, options.output, classifier.classes, options.top, labeled=options.labels is not None)
    report = LabelReport(classifier.classes) if output.labeled else None
    if report:
        report.check(file.label for file in files)
    began = time.monotonic()
    outcomes = _predict(classifier, files, output)
    _print_end(files, outcomes, time.monotonic() - began)
    if report:
        report.add([file.label for file in files], outcomes)
        beside = options.output is None and not (kind == "table" and sys.stdout.isatty())
        report.print_to(Console(stderr=beside, highlight=False))  # standard output may be another program's input
    if options.sheet:
        _write_sheet(options.sheet, classifier, files, outcomes, report)
    return outcomes


def _predict(classifier: Classifier, files: Sequence[ListedFile], output: OutputOptions) -> list[Outcome]:
    lines = output.file is None and sys.stdout.isatty()  # a bar would run through lines that are no table
    table = lines and output.kind == "table"
    console = Console(stderr=not table, highlight=False, force_terminal=False if lines and not table else None)
    images = [file_image(file.path) for file in files]
    done: list[Outcome] = []
    try:
        with (
            open_writer(output, [image.name for image in images], console) as writer,
            ProgressBar("predict", len(files), "images", console) as bar,
        ):
            for prediction in classifier.stream(images, worker_count(len(files))):
                writer.write(prediction, files[len(done)].label if output.labeled else None)
                done.append(Outcome.of(prediction))
                bar.advance(1)
    except KeyboardInterrupt:
        where = f"in {output.file}" if output.file else "done"
        raise KeyboardInterrupt(f"{len(done):,} of {len(files):,} images are {where}.") from None
    return done


def _print_end(files: Sequence[ListedFile], outcomes: Sequence[Outcome], seconds: float) -> None:
    unreadable = [(file.path, outcome.error) for file, outcome in zip(files, outcomes, strict=True) if outcome.error]
    if len(files) > 1:
        rate = f"{len(files) / seconds:,.0f} images/s"
        print(f"{len(files):,} images in {seconds:.1f} s ({rate}), {len(unreadable):,} unreadable", file=sys.stderr)
    for path, error in unreadable[:LISTED]:
        print(f"unreadable: {printable(str(path))}: {printable(error)}", file=sys.stderr)
    if len(unreadable) > LISTED:
        print(f"unreadable: and {len(unreadable) - LISTED:,} more", file=sys.stderr)


def _write_sheet(
    file: Path,
    classifier: Classifier,
    files: Sequence[ListedFile],
    outcomes: Sequence[Outcome],
    report: LabelReport | None,
) -> None:
    """Write the page: all images, or the wrong and then the least certain ones."""
    from pipeline.report.sheet.prediction_sheet import SheetImage, write_sheet

    chosen = _chosen(classifier.classes, files, outcomes, report is not None)
    images = [file_image(files[index].path) for index in chosen]
    predictions = classifier.stream(images, worker_count(len(images)))
    explained = class_evidence(classifier, images, [outcomes[index].predicted for index in chosen])
    shown = [
        SheetImage(
            path=prediction.name,
            best=tuple((classifier.classes[number], value) for number, value in prediction.best(SHEET_CLASSES)),
            label=files[index].label if report and files[index].label in classifier.classes else None,
            error=prediction.error,
            picture=picture,
            evidence=evidence,
        )
        for index, prediction, (picture, evidence) in zip(chosen, predictions, explained, strict=True)
    ]
    unreadable = sum(bool(outcome.error) for outcome in outcomes)
    facts = {"model": classifier.name, "engine": classifier.engine.name, "images": f"{len(files):,}"}
    facts["images"] += f" ({unreadable:,} unreadable)" if unreadable else ""
    facts |= {"accuracy": f"{report.accuracy:.4f} on {report.images:,} labeled images"} if report else {}
    first = "wrong and the least certain" if report else "least certain"
    note = f"The {len(chosen):,} {first} of {len(files):,} images." if len(chosen) < len(files) else ""
    try:
        write_sheet(file.resolve(), shown, facts, note)
    except OSError as error:
        raise PipelineError(f"cannot write {file}: {error.strerror}") from None
    print(f"{file}: {len(chosen):,} images", file=sys.stderr)


def _chosen(
    classes: Sequence[str], files: Sequence[ListedFile], outcomes: Sequence[Outcome], labeled: bool
) -> list[int]:
    """Return the positions of the images on the page: all in their order if they fit, else the most telling first."""
    if len(files) <= SHEET_IMAGES:
        return list(range(len(files)))

    def telling(index: int) -> tuple[bool, bool, float]:
        predicted, confidence, _ = outcomes[index]
        label = files[index].label if labeled and files[index].label in classes else None
        right = predicted is not None and labeled and label in (None, classes[predicted])
        return predicted is None, right, confidence

    return sorted(range(len(files)), key=telling)[:SHEET_IMAGES]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Classify photos with a trained model. Exit code: 0 if all images were read, 3 if some, 1 if none "
        "or for another error, 2 for a wrong option, 130 after Ctrl-C.",
    )
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="file, folder, pattern, or - for a list on standard input"
    )
    parser.add_argument("--model", help=".keras file or models:/NAME@alias (default: the champion, else the candidate)")
    parser.add_argument("--engine", choices=("auto", "openvino", "keras"), default="auto", help="(default: auto)")
    parser.add_argument(
        "--temperature",
        type=float,
        default=1.0,
        metavar="T",
        help="soften (above 1) or sharpen probabilities, as the evaluation's page offers it (default: 1)",
    )
    parser.add_argument("--top", type=int, default=5, help="classes to name for each image (default: 5)")
    parser.add_argument("--format", choices=FORMATS, help="(default: by the suffix of --output, else table)")
    parser.add_argument("--output", type=_output, metavar="FILE", help="write here instead of to standard output")
    parser.add_argument("--labels", choices=("folders",), help="sub-folders are the true classes: print accuracy")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="write an HTML page with the images")
    return parser


def _output(name: str) -> Path | None:
    return None if name == "-" else Path(name)


def _command() -> None:
    parser = _parser()
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message="Image size .* exceeds limit")  # Pillow's, of photos that it reads
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know every character of a name
    if options.top < 1:
        parser.error(f"--top must be at least 1, got {options.top}")
    if not (isfinite(options.temperature) and options.temperature > 0):
        parser.error(f"--temperature must be a positive finite number, got {options.temperature:g}")
    unreadable = [bool(outcome.error) for outcome in main(options)]
    if all(unreadable):
        sys.exit(1)
    if any(unreadable):
        sys.exit(SOME_UNREADABLE)


if __name__ == "__main__":
    run_command(_command)
