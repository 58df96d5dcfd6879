"""The page of a search: one file that needs nothing else."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.base.files import write_text

TEMPLATE = "search.html.j2"


def write_page(path: Path, figures: Sequence[tuple[str, str, Path]], facts: Mapping[str, Any]) -> None:
    """Write the page.

    Args:
        path: of the page.
        figures: title, a sentence, and PNG file of each picture.
        facts: what the template asks for: title, lead, objective, recommended, retrained, best, failed, command.
    """
    import jinja2

    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    shown = [
        {"title": title, "words": words, "data": base64.b64encode(file.read_bytes()).decode()}
        for title, words, file in figures
    ]
    write_text(path, environment.get_template(TEMPLATE).render(figures=shown, **facts))
