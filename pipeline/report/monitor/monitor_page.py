"""The page of a comparison with the reference: one HTML file that needs no other."""

from pathlib import Path
from typing import Any

from pipeline.base.files import write_text
from pipeline.base.printable import printable
from pipeline.report.monitor.histogram_chart import histogram_chart
from pipeline.report.monitor.monitor_content import MonitorContent, MonitorImage
from pipeline.report.page.file_place import file_place
from pipeline.report.page.number_text import counted, share_text
from pipeline.report.page.page_environment import page_environment
from pipeline.report.page.page_pictures import embedded_picture

TEMPLATE = "monitor_page.html.j2"
LONGEST = 128  # pixels of a picture's long side


def write_monitor_page(path: Path, content: MonitorContent) -> None:
    """Write the page. Equal contents give equal bytes.

    Args:
        path: of the page.
        content: what it shows; its texts may hold anything.
    """
    environment = page_environment(Path(__file__).parent)
    environment.filters["counted"] = counted
    largest = max((share for _, *shares in content.classes for share in shares), default=1.0) or 1.0
    page = environment.get_template(TEMPLATE).render(
        alarm=content.alarm,
        sentence=printable(content.sentence),
        facts=[(printable(label), printable(text)) for label, text in content.facts.items()],
        rows=content.rows,
        charts=[histogram_chart(histogram) for histogram in content.histograms],
        classes=[
            (printable(name), share_text(before), share_text(now), 100 * before / largest, 100 * now / largest)
            for name, before, now in content.classes
        ],
        images=[(printable(title), [_card(image) for image in images]) for title, images in content.images.items()],
        unreadable=[(file_place(name), printable(reason)) for name, reason in content.unreadable],
        unreadable_total=content.unreadable_total,
    )
    write_text(path, page)


def _card(image: MonitorImage) -> dict[str, Any]:
    picture = None if image.picture is None else embedded_picture(image.picture, LONGEST)
    return {"picture": picture, "place": file_place(image.path), "caption": printable(image.caption)}
