"""The page of a search: one HTML file that needs no other."""

from pathlib import Path
from typing import Any

from pipeline.base.files import write_text
from pipeline.base.printable import printable
from pipeline.report.page.number_text import counted, share_text
from pipeline.report.page.page_environment import page_environment
from pipeline.report.search.color_scale import scale_gradient
from pipeline.report.search.search_charts import cost_chart, curves_chart, trials_chart
from pipeline.search.outcome.candidates import Candidate
from pipeline.search.outcome.findings import Findings, short_name
from pipeline.search.outcome.importance import comparable_trials
from pipeline.search.outcome.ranking import TrialRow

TEMPLATE = "search_page.html.j2"
SHOWN = 10  # rows of the table of the best
MOST_SHARES = 12  # of values that explain the scores


def write_search_page(path: Path, findings: Findings) -> None:
    """Write the page. Equal findings give equal bytes.

    Args:
        path: of the page.
        findings: what it shows.
    """
    config = findings.config
    facts: dict[str, Any] = {
        "title": printable(f"{config.model.name} on {config.data.name}"),
        "summary": findings.summary(),
        "objective": findings.objective,
        "recommended": findings.recommended,
        "note": findings.note,
        "command": findings.command,
        "take_command": findings.take_command,
        "seeds": len(findings.retrained[0].scores) if findings.retrained else 0,
        "retrained": [_retrained_row(one, findings) for one in findings.retrained],
        "score_name": findings.score_name,
        "weighs": findings.weighs,
        "cost_name": findings.cost_name,
        "best": [_trial_row(row, findings) for row in findings.best[:SHOWN]],
        "front": [_trial_row(row, findings) for row in findings.front],
        "failed": [row for row in findings.rows if row.status == "FAILED"],
        "gradient": scale_gradient(),
        **(_charts(findings) if findings.best else {"curves": None, "cost": None, "parallel": None, "shares": []}),
    }
    write_text(path, page_environment(Path(__file__).parent).get_template(TEMPLATE).render(**facts))


def _charts(findings: Findings) -> dict[str, Any]:
    importances = findings.importances()
    names = list(importances) + [name for row in findings.rows for name in row.values if name not in importances]
    largest = max(importances.values(), default=1.0) or 1.0
    trials = comparable_trials(findings.rows)
    epochs = f" of {counted(trials[0].budget, 'epoch')}" if trials[0].budget else ""
    return {
        "cost": cost_chart(findings),
        "curves": curves_chart(findings),
        "parallel": trials_chart(findings, list(dict.fromkeys(names))),
        "compared": f"{counted(len(trials), 'trial')}{epochs}",
        "shares": [
            (short_name(name), share_text(share), f"{100 * share / largest:.1f}%")
            for name, share in list(importances.items())[:MOST_SHARES]
        ],
    }


def _trial_row(row: TrialRow, findings: Findings) -> dict[str, Any]:
    return {
        "trial": row.trial,
        "score": f"{row.score or 0.0:.4f}",
        "objective": f"{row.objective:.4f}",
        "epochs": row.epochs,
        "latency": _milliseconds(row.cost.latency_ms),
        "parameters": f"{row.parameters:,}",
        "multiply_adds": f"{row.multiply_adds:,}",
        "changes": findings.changes(row.values),
    }


def _milliseconds(latency_ms: float | None) -> str:
    return "–" if latency_ms is None else f"{latency_ms:#.3g}".rstrip(".")


def _retrained_row(one: Candidate, findings: Findings) -> dict[str, Any]:
    return {
        "objective": f"{findings.objective_mean(one):.4f}",
        "latency": _milliseconds(one.cost.latency_ms),
        "trial": one.trial,
        "exceeds": one.exceeds,
        "mean": f"{one.mean:.4f}",
        "spread": f"{one.spread:.4f}",
        "score": "–" if one.score is None else f"{one.score:.4f}",
        "parameters": f"{one.parameters:,}",
        "multiply_adds": f"{one.multiply_adds:,}",
    }
