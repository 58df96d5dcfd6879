"""Finished searches, copied to docs/searches."""

import shutil
import sys
from pathlib import Path

from benchmarks.stage_times import ROOT
from pipeline.base.paths import SEARCH_REPORT

SEARCHES = ROOT / "docs" / "searches"
FILES = ("trials.csv", "retrained.csv", "pareto.png")  # of a search's report


def record_search(project: Path, name: str) -> None:
    """Copy what docs/results.md shows of the last search in `project` to docs/searches; exit if there is none."""
    report = project / SEARCH_REPORT
    if missing := [file for file in FILES if not (report / file).is_file()]:
        sys.exit(f"no {', '.join(missing)} in {report}: run python -m pipeline.tune there first")
    (SEARCHES / name).mkdir(parents=True, exist_ok=True)
    for file in FILES:
        shutil.copyfile(report / file, SEARCHES / name / file)


def recorded_searches() -> list[Path]:
    """Return the folders of the recorded searches, by name."""
    return sorted(SEARCHES.glob("*/"))
