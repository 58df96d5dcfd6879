"""Compute everything again that follows from a predictions table, without a model: `python -m pipeline.scores`."""

import argparse
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.command import run_command
from pipeline.base.paths import PREDICTIONS, project_root
from pipeline.base.printable import printable
from pipeline.config.params_file import read_params

if TYPE_CHECKING:
    from pipeline.evaluation.table_findings import TableFindings

COMMAND = "python -m pipeline.scores"
SHOWN = 5  # slices and likely wrong labels that are printed


def main(table_file: Path, top_k: int, output: Path | None) -> "TableFindings":
    """Return what a predictions table says, also written if a folder is named.

    Args:
        table_file: a predictions.parquet.
        top_k: k of top-k accuracy.
        output: folder for metrics.json, intervals.json, per_class.csv, …; None: nothing is written.

    Raises:
        PipelineError: the file is no predictions table, or the folder cannot be written.
    """
    from pipeline.evaluation.findings_files import CALIBRATION, INTERVALS, METRICS, write_findings
    from pipeline.evaluation.named_models.predictions_file import read_predictions
    from pipeline.evaluation.table_findings import table_findings
    from pipeline.inference.output.destination_check import check_destinations

    if output is not None:
        check_destinations([output / name for name in (METRICS, INTERVALS, CALIBRATION)], [])
    table, classes = read_predictions(table_file, str(table_file), whole=True)
    trained = table.loc[table["split"] == "train", "label"].value_counts()
    findings = table_findings(table, classes, top_k, {str(name): int(count) for name, count in trained.items()})
    if output is not None:
        write_findings(table, findings, output)
    return findings


def lines(findings: "TableFindings") -> list[str]:
    """Return what is printed: figures with intervals, the worst slices, labels to check."""
    width = max(map(len, findings.scores))
    found = ["figure of the test images, 95% interval"]
    for name, score in findings.scores.items():
        value = f"{score.value:.4f}" if score.defined else "undefined"
        limits = "" if isnan(score.low) else f"  ({score.low:.4f} to {score.high:.4f})"
        found.append(f"  {name:<{width}}  {value}{limits}")
    for figure, classes in findings.undefined.items():
        found.append(f"  {figure} is undefined for {', '.join(map(printable, classes[:SHOWN]))}")
    worse = [one for one in findings.slices if one.is_finding]
    found.append(f"groups of images with more errors than chance explains: {len(worse) or 'none'}")
    found += [
        f"  {printable(one.column)}, {printable(one.value)}: {one.accuracy.value:.1%} of {one.images:,} right, "
        f"{one.rest:.1%} of the others"
        for one in worse[:SHOWN]
    ]
    suspects = findings.label_errors
    found.append(f"labels to check: {len(suspects) or 'none'}")
    names = zip(*(suspects[name].head(SHOWN) for name in ("path", "split", "label", "suggested")), strict=True)
    found += [
        f"  {printable(path)} ({split}): {printable(label)}, or {printable(other)}?"
        for path, split, label, other in names
    ]
    return found


def _command() -> None:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Print figures with intervals, groups of images with many errors, and labels to check, from a "
        "table of predictions; neither model nor images are needed.",
    )
    parser.add_argument("table", nargs="?", type=Path, help=f"predictions.parquet (default: {PREDICTIONS})")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="write metrics.json, per_class.csv and others")
    parser.add_argument("--top-k", type=int, metavar="K", help="k of top-k accuracy (default: evaluation.top_k)")
    options = parser.parse_args()
    if options.top_k is not None and options.top_k < 1:
        parser.error(f"--top-k must be at least 1, got {options.top_k}")
    root = project_root()
    top_k = options.top_k or read_params(root).evaluation.top_k
    print("\n".join(lines(main(options.table or root / PREDICTIONS, top_k, options.output))))


if __name__ == "__main__":
    run_command(_command)
