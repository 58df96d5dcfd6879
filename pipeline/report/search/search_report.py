"""A search's tables, picture and page, written from its findings."""

from pathlib import Path

from pipeline.base.formats.csv_table import write_csv
from pipeline.report.search.search_figures import pareto_figure
from pipeline.report.search.search_page import write_search_page
from pipeline.report.style import save
from pipeline.search.outcome.findings import Findings

PAGE = "report.html"


def write_search_report(folder: Path, findings: Findings) -> list[Path]:
    """Write trials.csv, retrained.csv, pareto.png and the page into `folder`; return the files, the page first."""
    objective = findings.score_name
    write_csv(findings.trials_table().assign(objective=objective), folder / "trials.csv", float_format=None)
    write_csv(findings.retrained_table().assign(objective=objective), folder / "retrained.csv", float_format=None)
    files = [folder / PAGE, folder / "trials.csv", folder / "retrained.csv"]
    if findings.best:
        files.append(folder / "pareto.png")
        save(pareto_figure(findings), files[-1])
    write_search_page(folder / PAGE, findings)
    return files
