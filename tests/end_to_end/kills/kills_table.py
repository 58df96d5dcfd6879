"""The results of kills: read, and as a table for docs/reliability.md."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def read_results(file: Path) -> list[dict[str, Any]]:
    """Return the results that were kept, one for each scenario."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def kills_table(results: Sequence[dict[str, Any]]) -> str:
    """Return a Markdown table: kills and scenarios of each command and kind, and how many ended identical."""
    lines = ["| command | kind | kills | scenarios | identical |", "|---|---|---|---|---|"]
    for command, kind in sorted({(row["command"], row["kind"]) for row in results}):
        rows = [row for row in results if (row["command"], row["kind"]) == (command, kind)]
        kills, same = sum(len(row["kills"]) for row in rows), sum(not row["faults"] for row in rows)
        lines.append(f"| {command} | {kind} | {kills} | {len(rows)} | {same} |")
    return "\n".join(lines) + "\n"
