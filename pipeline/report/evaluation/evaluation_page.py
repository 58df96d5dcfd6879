"""The page of an evaluation: one HTML file that needs no other."""

from pathlib import Path
from typing import Any

from markupsafe import Markup

from pipeline.base.printable import printable
from pipeline.report.evaluation.charts.confusion_chart import confusion_chart
from pipeline.report.evaluation.charts.learning_charts import learning_charts
from pipeline.report.evaluation.charts.ranking_charts import ranking_charts
from pipeline.report.evaluation.charts.reliability_chart import reliability_chart, sureness
from pipeline.report.evaluation.charts.robustness_charts import robustness_charts, robustness_verdict
from pipeline.report.evaluation.evaluation_content import EvaluationContent
from pipeline.report.evaluation.gate_section import gate_section
from pipeline.report.evaluation.image_cards import image_card, pair_view
from pipeline.report.evaluation.model.rebuild_commands import lineage_notes, rebuild_commands
from pipeline.report.evaluation.suspect_views import suspect_views
from pipeline.report.evaluation.tables.class_table import class_table
from pipeline.report.evaluation.tables.cost_facts import cost_facts
from pipeline.report.evaluation.tables.figure_table import figure_table, headline, undefined_notes
from pipeline.report.evaluation.tables.slice_rows import slice_rows
from pipeline.report.evaluation.temperature_view import temperature_view
from pipeline.report.page.number_text import counted
from pipeline.report.page.page_environment import page_environment

TEMPLATE = "evaluation_page.html.j2"


def evaluation_page(content: EvaluationContent) -> str:
    """Return the page as HTML. Equal contents give equal pages.

    It loads nothing, runs no script, and has a place for the gate's verdict, which `with_gate` fills in.

    Args:
        content: what it shows; its texts may hold anything.
    """
    environment = page_environment(Path(__file__).parent / "templates")
    environment.filters["counted"] = counted
    return environment.get_template(TEMPLATE).render(
        title=printable(content.title),
        introduction=printable(content.introduction),
        facts=[(printable(label), printable(text)) for label, text in content.facts.items()],
        head=headline(content.scores["accuracy"], content.images, content.class_scores),
        images=content.images,
        test_uses=content.test_uses,
        gate=Markup(gate_section(None)),  # from a template of this folder, escaped there
        **_figures(content),
        **_images(content),
        **_weaknesses(content),
        **_rebuilding(content),
    )


def _figures(content: EvaluationContent) -> dict[str, Any]:
    return {
        "figures": figure_table(content.scores, content.top_k, len(content.classes)),
        "undefined": undefined_notes(content.undefined),
        "learning": learning_charts(content.history, content.saved_epoch),
        "confusion": confusion_chart(content.confusion, content.classes),
        "class_count": len(content.classes),
        "classes": class_table(content.class_scores),
        "ranking": ranking_charts(content.curves),
    }


def _images(content: EvaluationContent) -> dict[str, Any]:
    gallery = content.gallery
    mistakes, uncertain = ([image_card(image) for image in part] for part in (gallery.mistakes, gallery.uncertain))
    return {
        "pairs": [pair_view(pair) for pair in gallery.pairs],
        "mistakes": mistakes,
        "wrong": content.images - int(content.confusion.trace()),
        "uncertain": uncertain,
        "suspects": suspect_views(gallery),
        "maps": any(card["map"] for card in [*mistakes, *uncertain]),
    }


def _weaknesses(content: EvaluationContent) -> dict[str, Any]:
    return {
        "reliability": reliability_chart(content.reliability),
        "temperature": temperature_view(content.temperature),
        "calibration": figure_table({"expected_calibration_error": content.scores["expected_calibration_error"]}, 1, 2)[
            "others"
        ][0],
        "sureness": sureness(content.reliability),
        "slices": slice_rows(content.slices),
        "slices_left_out": content.slices_left_out,
        "robustness": robustness_charts(content.robustness, content.examples),
        "robustness_verdict": robustness_verdict(content.robustness),
        "robustness_images": content.robustness[0].images if content.robustness else 0,
        "cost": None if content.cost is None else cost_facts(content.cost),
    }


def _rebuilding(content: EvaluationContent) -> dict[str, Any]:
    height, width, channels = content.image_size
    return {
        "size": f"{height}×{width} pixels, {'color' if channels == 3 else 'gray'}",
        "commands": rebuild_commands(content.lineage),
        "lineage_notes": lineage_notes(content.lineage),
        "experiment": printable(content.lineage.experiment),
        "run": printable(content.lineage.run),
        "digests": [(printable(name), printable(digest)) for name, digest in content.lineage.digests.items()],
    }
