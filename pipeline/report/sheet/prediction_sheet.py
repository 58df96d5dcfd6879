"""The sheet of predictions: one HTML file that needs no other."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.base.files import write_text
from pipeline.base.printable import printable
from pipeline.report.page.file_place import file_place
from pipeline.report.page.page_environment import page_environment
from pipeline.report.page.page_pictures import embedded_picture, evidence_overlay, strongest_place
from pipeline.report.page.percentages import bar_width, percent

TEMPLATE = "prediction_sheet.html.j2"
MOST_CLASSES = 5  # on a card


@dataclass(frozen=True)
class SheetImage:
    """An image on the sheet.

    Attributes:
        path: of its file, any text.
        best: (class, probability) pairs, most probable first; empty if it is unreadable.
        label: its true class, or None if unknown.
        error: why it cannot be read, or ''.
        picture: uint8 (rows, columns, 3), the part of the image that the network sees, or None.
        evidence: float32 (grid rows, grid columns), class activation map of the predicted class, of any scale and
            sign, or None.
    """

    path: str
    best: tuple[tuple[str, float], ...]
    label: str | None
    error: str
    picture: NDArray[np.uint8] | None
    evidence: NDArray[np.float32] | None


def write_sheet(path: Path, images: Sequence[SheetImage], facts: Mapping[str, str], note: str) -> None:
    """Write the sheet. It shows each image's prediction, and lists those that cannot be read at its end.

    Args:
        path: of the sheet.
        images: in the order of the sheet.
        facts: labels and texts for its head, in order; that of `model` is in its title too.
        note: a sentence below them, or ''.
    """
    environment = page_environment(Path(__file__).parent)
    readable = [image for image in images if image.best and not image.error]
    names = sorted(Counter(image.best[0][0] for image in readable).items())
    numbers = {name: number for number, (name, _) in enumerate(names)}
    cards = [_card(image, numbers[image.best[0][0]]) for image in readable]
    unreadable = [image for image in images if image.error or not image.best]
    page = environment.get_template(TEMPLATE).render(
        facts=[(printable(label), printable(text)) for label, text in facts.items()],
        model=printable(facts.get("model", "")),
        note=printable(note),
        cards=cards,
        classes=[(printable(name), count) for name, count in names],
        wrong=sum(card["verdict"] == "wrong" for card in cards),
        labelled=any(card["verdict"] for card in cards),
        maps=any(card["map"] for card in cards),
        unreadable=[(file_place(image.path), printable(image.error) or "no prediction") for image in unreadable],
    )
    write_text(path, page)


def _card(image: SheetImage, number: int) -> dict[str, Any]:
    """Return what the template shows of an image whose predicted class has this number."""
    name, probability = image.best[0]
    return {
        "number": number,
        "confidence": f"{probability:.6f}",
        "best": [
            {
                "name": printable(other),
                "percent": percent(share),
                "share": bar_width(share),
                "true": other == image.label,
            }
            for other, share in image.best[:MOST_CLASSES]
        ],
        "verdict": "" if image.label is None else "correct" if image.label == name else "wrong",
        "truth": printable(image.label or ""),
        "place": file_place(image.path),
        "picture": None if image.picture is None else embedded_picture(image.picture),
        **_map(image),
    }


def _map(image: SheetImage) -> dict[str, Any]:
    if image.picture is None or image.evidence is None:
        return {"map": None}
    overlay = embedded_picture(evidence_overlay(image.picture, image.evidence))
    return {"map": overlay, "strongest": strongest_place(image.evidence)}
