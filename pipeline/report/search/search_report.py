"""A search's pictures, tables and page, written from its findings."""

from pathlib import Path

from matplotlib.figure import Figure

from pipeline.base.formats.csv_table import write_csv
from pipeline.report.search.search_figures import (
    importance_figure,
    parallel_figure,
    pareto_figure,
    trial_curves_figure,
)  # fmt: skip
from pipeline.report.search.search_page import PageFigure, write_search_page
from pipeline.report.style import save
from pipeline.search.outcome.findings import Findings

SHOWN = 10  # rows of the table of the best
PAGE = "report.html"


def write_search_report(folder: Path, findings: Findings) -> list[Path]:
    """Write trials.csv, retrained.csv, the pictures and the page into `folder`; return the files, the page first."""
    objective = findings.objective
    write_csv(findings.trials_table().assign(objective=objective), folder / "trials.csv", float_format=None)
    write_csv(findings.retrained_table().assign(objective=objective), folder / "retrained.csv", float_format=None)
    figures = _save(_figures(findings), folder) if findings.best else []
    config = findings.config
    facts = {
        "title": f"Search: {config.model.name} on {config.data.name}",
        "summary": findings.summary(),
        "objective": objective,
        "recommended": findings.recommended,
        "note": findings.note,
        "retrained": findings.retrained_table().to_dict("records"),
        "best": [{**vars(row), "changes": findings.changes(row.values)} for row in findings.best[:SHOWN]],
        "failed": [row for row in findings.rows if row.status == "FAILED"],
        "command": findings.command,
    }
    write_search_page(folder / PAGE, figures, facts)
    return [folder / PAGE, folder / "trials.csv", folder / "retrained.csv", *(figure.file for figure in figures)]


def _figures(findings: Findings) -> dict[str, tuple[str, str, Figure]]:
    """Return title, caption and picture by file name."""
    table, objective, best = findings.trials_table(), findings.objective, findings.best
    importances = findings.importances()
    drawn = {
        "pareto": (
            f"{objective} against multiply-adds",
            "Each point is a trial. No trial beats one on the line in both.",
            pareto_figure(table, findings.front, objective, findings.recommended),
        ),
        "curves": (
            "Learning curves",
            "Validation accuracy by epoch of all trials; the best one is colored.",
            trial_curves_figure({row.trial: row.curve for row in findings.rows}, best[0].trial),
        ),
    }
    if len(best) > 1:
        names = list(importances) or list(findings.rows[0].values)
        figure = parallel_figure(table, names, objective, less_is_better=objective == "val_loss")
        caption = "A line per trial, darker ones are better. The values that explain most come first."
        drawn["parallel"] = ("All trials at once", caption, figure)
    if importances:
        caption = "Which values explain the trials' scores, by a random forest fitted to these trials."
        drawn["importance"] = ("What mattered", caption, importance_figure(importances))
    return drawn


def _save(drawn: dict[str, tuple[str, str, Figure]], folder: Path) -> list[PageFigure]:
    figures = []
    for name, (title, caption, figure) in drawn.items():
        save(figure, folder / f"{name}.png")
        figures.append(PageFigure(title, caption, folder / f"{name}.png"))
    return figures
