"""The results of kills: read, recorded in docs/kills.csv, and as a table for docs/reliability.md."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

KEYS = ("command", "kind", "commit")
COUNTS = ("kills", "scenarios", "identical", "helped")


def read_results(file: Path) -> list[dict[str, Any]]:
    """Return the results that were kept, one for each scenario."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def record_results(record: Path, results: Sequence[dict[str, Any]]) -> dict[tuple[str, ...], list[int]]:
    """Return what is recorded together with new results; those of the same commit replace what stands there.

    Args:
        record: docs/kills.csv, which may be missing.
        results: one for each scenario.

    Returns:
        Kills, scenarios, how many ended identical, and how often DVC left a file empty, by
        command, kind and commit of the code.
    """
    rows = list(csv.DictReader(record.read_text().splitlines())) if record.exists() else []
    counts = {tuple(row[key] for key in KEYS): [int(row[count]) for count in COUNTS] for row in rows}
    new: dict[tuple[str, ...], list[int]] = {}
    for result in results:
        row = new.setdefault(tuple(result[key] for key in KEYS), [0] * len(COUNTS))
        for index, number in enumerate((len(result["kills"]), 1, not result["faults"], result["helped"])):
            row[index] += number
    return counts | new


def write_record(record: Path, counts: dict[tuple[str, ...], list[int]]) -> None:
    """Write docs/kills.csv."""
    with record.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*KEYS, *COUNTS))
        writer.writerows((*key, *counts[key]) for key in sorted(counts))


def kills_table(counts: dict[tuple[str, ...], list[int]]) -> str:
    """Return a Markdown table: kills and scenarios of each command and kind, and how the scenarios ended."""
    lines = [
        "| command | kind | kills | scenarios | ended identical | DVC's empty files |",
        "|---|---|---|---|---|---|",
    ]
    for command, kind in sorted({key[:2] for key in counts}):
        rows = [row for key, row in counts.items() if key[:2] == (command, kind)]
        kills, scenarios, same, helped = (sum(column) for column in zip(*rows, strict=True))
        lines.append(f"| {command} | {kind} | {kills} | {scenarios} | {same} | {helped} |")
    return "\n".join(lines) + "\n"
