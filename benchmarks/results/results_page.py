"""The generated part of docs/results.md."""

from benchmarks.generated_part import replace_part
from benchmarks.results.recorded_runs import read_rows
from benchmarks.results.recorded_searches import recorded_searches
from benchmarks.results.results_table import results_tables
from benchmarks.results.search_table import search_section
from benchmarks.stage_times import ROOT

PAGE = ROOT / "docs" / "results.md"
PART = "results"  # name of the generated part


def render_page(page: str) -> str:
    """Return the text of the page with its generated part rendered from the recorded runs and searches."""
    searches = "".join(search_section(folder) for folder in recorded_searches())
    return replace_part(page, PART, results_tables(read_rows()) + searches)


def write_page() -> None:
    """Render docs/results.md."""
    PAGE.write_text(render_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
