"""A search's pictures, table and page, written from its trials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.base.files import write_text
from pipeline.config.search_schema import TuneConfig
from pipeline.report.search import importance_figure, parallel_figure, pareto_figure, trial_curves_figure
from pipeline.report.search_page import write_page
from pipeline.report.style import save
from pipeline.search.importance import importances
from pipeline.search.ranking import Row, best_first, pareto
from pipeline.search.retrain import Candidate
from pipeline.search.space import configured

SHOWN = 10  # rows of the table of the best
PAGE = "report.html"
RETRAINED = ["trial", "mean", "spread", "seeds", "score", "parameters", "multiply_adds"]


@dataclass(frozen=True)
class Findings:
    """What a search came to.

    Attributes:
        config: the search.
        rows: its trials.
        skipped: proposals that exceeded the limits.
        retrained: candidates trained again; empty where none were.
        recommended: the trial to use; None where no trial completed.
        command: what to type next.
    """

    config: TuneConfig
    rows: Sequence[Row]
    skipped: int
    retrained: Sequence[Candidate]
    recommended: str | None
    command: str

    def lead(self) -> str:
        """Return the search in a sentence."""
        count = {status: sum(row.status == status for row in self.rows) for status in ("COMPLETED", "FAILED")}
        return (
            f"{count['COMPLETED']} trials completed, {count['FAILED']} failed; {self.skipped} more exceeded the limits "
            f"and were not trained. {self.config.search.oracle} search of {self.config.search.space.name}, "
            f"{self.config.model.name} on {self.config.data.name}, seed {self.config.search.seed}."
        )


def write_report(folder: Path, found: Findings) -> list[Path]:
    """Write trials.csv, retrained.csv, the pictures and the page into `folder`; return the files, the page first."""
    config, objective = found.config, found.config.search.objective
    table = pd.DataFrame([_plain(row) for row in found.rows])
    write_text(folder / "trials.csv", table.assign(objective=objective).to_csv(index=False))
    again = [_retrained(candidate) for candidate in found.retrained]
    retrained = pd.DataFrame(again, columns=RETRAINED).assign(objective=objective)
    write_text(folder / "retrained.csv", retrained.to_csv(index=False))
    best = best_first(found.rows, config)
    figures = _figures(folder, found, table, best) if best else []
    failed = [row for row in found.rows if row.status == "FAILED"]
    facts = {
        "title": f"Search: {config.model.name} on {config.data.name}", "lead": found.lead(), "objective": objective,
        "recommended": found.recommended, "retrained": again,
        "best": [{**vars(row), "words": words(row.values, config)} for row in best[:SHOWN]], "failed": failed,
        "command": found.command,
    }  # fmt: skip
    write_page(folder / PAGE, figures, facts)
    return [folder / PAGE, folder / "trials.csv", folder / "retrained.csv", *(file for _, _, file in figures)]


def words(values: Mapping[str, Any], config: TuneConfig) -> str:
    """Return the values that make a trial differ from the configured network."""
    plain = configured(config, {})
    changed = {name: value for name, value in values.items() if configured(config, {name: value}) != plain}
    short = {name.replace("inception_", "").replace("/width", ""): value for name, value in changed.items()}
    return ", ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in
                     short.items()) or "none: the configured network"  # fmt: skip


def _figures(folder: Path, found: Findings, table: pd.DataFrame, best: Sequence[Row]) -> list[tuple[str, str, Path]]:
    config, objective = found.config, found.config.search.objective
    front = [row.trial for row in pareto(found.rows, config)]
    shares = importances(found.rows, config)
    names = list(shares) or list(found.rows[0].values)
    curves = {row.trial: row.curve for row in found.rows}
    drawn = {
        "pareto": (
            f"{objective} against multiply-adds", "A trial on the line is beaten by none in both.",
            pareto_figure(table, front, objective, found.recommended),
        ),
        "curves": (
            "Learning curves", "Of all trials; the best one's in colour.", trial_curves_figure(curves, best[0].trial)
        ),
    }  # fmt: skip
    if len(best) > 1:
        less = objective == "val_loss"
        told = "A line per trial, the better the darker; the values that matter most, first."
        figure = parallel_figure(table, names, objective, less_is_better=less)
        drawn["parallel"] = ("All trials at once", told, figure)
    if shares:
        told = "What explains the trials' scores, by a random forest fitted to them. It knows of these trials only."
        drawn["importance"] = ("What mattered", told, importance_figure(shares))
    for name, (_, _, figure) in drawn.items():
        save(figure, folder / f"{name}.png")
    return [(title, told, folder / f"{name}.png") for name, (title, told, _) in drawn.items()]


def _plain(row: Row) -> dict[str, Any]:
    kept = ("trial", "status", "score", "parameters", "multiply_adds", "epochs", "reason")
    return {name: getattr(row, name) for name in kept} | row.values


def _retrained(candidate: Candidate) -> dict[str, Any]:
    return {**vars(candidate), "mean": candidate.mean, "spread": candidate.spread, "seeds": len(candidate.scores)}
