"""The page of an audit: one HTML file that needs no other."""

from pathlib import Path
from typing import Any

import numpy as np

from pipeline.base.files import write_text
from pipeline.base.printable import printable
from pipeline.report.audit.audit_content import AuditContent
from pipeline.report.audit.audit_verdict import audit_verdict
from pipeline.report.audit.class_bars import class_bars
from pipeline.report.audit.distribution_charts import brightness_chart, size_chart
from pipeline.report.audit.finding_cards import finding_cards, image_view
from pipeline.report.page.file_place import file_place
from pipeline.report.page.number_text import counted
from pipeline.report.page.page_environment import page_environment

TEMPLATE = "audit_page.html.j2"
MOST_SAMPLES = 400  # on the page; with many classes, each shows fewer, but one at least
MOST_SAMPLED = 1000  # classes
SAMPLE_LONGEST = 96  # pixels of a sample's long side


def write_audit_page(path: Path, content: AuditContent) -> None:
    """Write the page. Equal contents give equal bytes.

    Args:
        path: of the page.
        content: what it shows; its texts may hold anything.
    """
    environment = page_environment(Path(__file__).parent)
    environment.filters["counted"] = counted
    state, verdict = audit_verdict(content)
    page = environment.get_template(TEMPLATE).render(
        title=printable(content.title),
        state=state,
        verdict=verdict,
        facts=[(printable(label), printable(text)) for label, text in content.facts.items()],
        findings=[finding_cards(finding) for finding in content.findings],
        clean=[printable(title) for title in content.clean],
        counts=class_bars(content.counts),
        **_charts(content),
        **_samples(content),
        **_left_out(content),
    )
    write_text(path, page)


def _charts(content: AuditContent) -> dict[str, Any]:
    return {
        "images": len(content.widths),
        "sizes": size_chart(content.widths, content.heights) if len(content.widths) else None,
        "brightness": brightness_chart(content.brightness) if np.isfinite(content.brightness).any() else None,
    }


def _samples(content: AuditContent) -> dict[str, Any]:
    """Return the samples of each class, and how many classes have none for lack of room."""
    filled = [(name, images) for name, images in content.samples.items() if images]
    most = max(1, MOST_SAMPLES // max(len(filled), 1))
    shown = [
        (printable(name), [image_view(image, SAMPLE_LONGEST) for image in images[:most]])
        for name, images in filled[:MOST_SAMPLED]
    ]
    return {
        "samples": shown,
        "sampled_classes": len(filled),
        "samples_each": max((len(images) for _, images in shown), default=0),
    }


def _left_out(content: AuditContent) -> dict[str, Any]:
    titles = {finding.name: printable(finding.title) for finding in content.findings}
    rows = [
        (file_place(path), titles.get(verdict) or printable(verdict).replace("_", " "), verdict in titles,
         printable(verdict), printable(reason))
        for path, verdict, reason in content.left_out
    ]  # fmt: skip
    return {"left_out": rows, "left_out_total": content.left_out_total}
