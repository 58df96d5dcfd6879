"""The figures in docs/speed.md."""

from benchmarks.generated_part import replace_part
from benchmarks.stage_times import ROOT

PAGE = ROOT / "docs" / "speed.md"
PART = "speed"  # name of the page's generated part


def write_figures(text: str) -> None:
    """Replace the generated part of docs/speed.md by `text`."""
    PAGE.write_text(replace_part(PAGE.read_text(encoding="utf-8"), PART, text), encoding="utf-8")
