"""The page of a search: one HTML file that needs no other."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.base.files import write_text

TEMPLATE = "search_page.html.j2"


@dataclass(frozen=True)
class PageFigure:
    """A picture on the page: title, caption, PNG file."""

    title: str
    caption: str
    file: Path


def write_search_page(path: Path, figures: Sequence[PageFigure], facts: Mapping[str, Any]) -> None:
    """Write the page.

    Args:
        path: of the page.
        figures: its pictures, which are embedded.
        facts: what the template uses: title, summary, objective, recommended, note, retrained, best, failed, command.
    """
    import jinja2

    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    embedded = [
        {"title": one.title, "caption": one.caption, "data": base64.b64encode(one.file.read_bytes()).decode()}
        for one in figures
    ]
    write_text(path, environment.get_template(TEMPLATE).render(figures=embedded, **facts))
