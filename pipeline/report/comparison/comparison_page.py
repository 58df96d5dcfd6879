"""The page of a comparison: one HTML file that needs no other."""

from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.base.errors import PipelineError
from pipeline.base.files import write_text
from pipeline.base.printable import printable
from pipeline.evaluation.comparison.class_differences import ClassDifference
from pipeline.evaluation.comparison.comparison_content import ComparisonContent
from pipeline.evaluation.comparison.comparison_sentences import CAUTION, p_text, signed
from pipeline.evaluation.comparison.figure_differences import FigureDifference
from pipeline.evaluation.comparison.setting_changes import ValuePair
from pipeline.report.comparison.difference_bars import difference_bar, largest_size
from pipeline.report.comparison.figure_titles import MEANINGS, TITLES
from pipeline.report.comparison.known_pictures import KnownPictures
from pipeline.report.page.file_place import file_place
from pipeline.report.page.number_text import counted
from pipeline.report.page.page_environment import page_environment
from pipeline.report.page.page_pictures import embedded_picture
from pipeline.report.page.percentages import percent

TEMPLATE = "comparison_page.html.j2"
MOST_IMAGES = 36  # of each model
LONGEST = 160  # pixels of a picture's long side
SHARES = {"accuracy", "balanced_accuracy", "macro_f1"}  # figures that share a scale


def write_comparison_page(path: Path, content: ComparisonContent, pictures: KnownPictures) -> None:
    """Write the page. Equal contents and pictures give equal bytes.

    Args:
        path: of the page.
        content: what it shows; names may hold anything.
        pictures: where the pictures of images are looked for.

    Raises:
        PipelineError: the page cannot be written.
    """
    environment = page_environment(Path(__file__).parent)
    environment.filters["counted"] = counted
    comparison = content.comparison
    page = environment.get_template(TEMPLATE).render(
        titles=[printable(title) for title in content.titles],
        better=comparison.better,
        verdict=content.verdict,
        notes=[printable(note) for note in content.notes],
        caution=CAUTION,
        figures=_figure_rows(comparison.figures),
        counts=(comparison.both_right, comparison.only_a, comparison.only_b, comparison.both_wrong),
        images=len(comparison.images),
        p_value=p_text(comparison.p_value),
        classes=_class_rows(comparison.classes),
        shown=sum(one.shown for one in comparison.classes),
        alone=[(model, *_cards(comparison.alone_right(model), pictures)) for model in "AB"],
        settings=None if content.settings is None else _pairs(content.settings),
        origins=_pairs(content.origins),
    )
    try:
        write_text(path.resolve(), page)
    except OSError as error:
        raise PipelineError(f"cannot write {printable(str(path))}: {error.strerror}") from None


def _figure_rows(figures: Sequence[FigureDifference]) -> list[dict[str, Any]]:
    shared = largest_size(one.difference for one in figures if one.name in SHARES)
    rows = []
    for one in figures:
        size = shared if one.name in SHARES else largest_size([one.difference])
        rows.append(
            {
                "title": TITLES[one.name],
                "meaning": MEANINGS[one.name],
                "a": f"{one.a:.4f}",
                "b": f"{one.b:.4f}",
                "difference": signed(one.difference.value, 4),
                "interval": _interval(one.difference.low, one.difference.high),
                "bar": difference_bar(one.difference, size, one.better),
                "better": one.better,
            }
        )
    return rows


def _class_rows(classes: Sequence[ClassDifference]) -> list[dict[str, Any]]:
    size = largest_size(one.difference for one in classes)
    return [
        {
            "name": printable(one.name),
            "images": f"{one.images:,}",
            "a": f"{one.a:.4f}",
            "b": f"{one.b:.4f}",
            "difference": signed(one.difference.value, 4),
            "interval": _interval(one.difference.low, one.difference.high),
            "bar": difference_bar(one.difference, size, _better(one)),
            "p_value": p_text(one.p_value).removeprefix("p = ").removeprefix("p "),
            "shown": one.shown,
        }
        for one in classes
    ]


def _better(one: ClassDifference) -> str:
    return ("B" if one.difference.value > 0 else "A") if one.shown else ""


def _interval(low: float, high: float) -> str:
    return f"{signed(low, 4)} to {signed(high, 4)}" if not isnan(low) else "–"


def _cards(images: pd.DataFrame, known: KnownPictures) -> tuple[int, list[dict[str, Any]]]:
    """Return how many images there are, and the first of them."""
    shown = images.head(MOST_IMAGES)
    pictures = known.find(shown["digest"].tolist())
    cards = [
        {
            "place": file_place(str(row["path"])),
            "label": printable(str(row["label"])),
            "picture": embedded_picture(pictures[row["digest"]], LONGEST) if row["digest"] in pictures else None,
            "answers": [
                (one.upper(), printable(str(row[f"predicted_{one}"])), percent(row[f"confidence_{one}"]))
                for one in "ab"
            ],
        }
        for row in shown.to_dict("records")
    ]
    return len(images), cards


def _pairs(pairs: Sequence[ValuePair]) -> list[dict[str, Any]]:
    return [
        {"name": printable(pair.name), "a": printable(pair.a), "b": printable(pair.b), "differs": pair.differs}
        for pair in pairs
    ]
