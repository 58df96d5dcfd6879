"""The gate's verdict on the page of an evaluation, filled in by the stage that decides it."""

import math
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.report.page.number_text import NOTHING, share_text
from pipeline.report.page.page_environment import page_environment

TEMPLATE = "gate_section.html.j2"
SLOT = re.compile(r"<!-- gate -->.*?<!-- end of gate -->", re.DOTALL)  # every value is escaped: no other text matches
NAMES = {
    "accuracy": "Accuracy",
    "top_k_accuracy": "Top-k accuracy",
    "macro_f1": "Mean F1 of the classes",
    "min_class_recall": "Lowest recall of a class",
    "balanced_accuracy": "Mean recall of the classes",
    "latency_ms": "Milliseconds for one image",
    "file_megabytes": "Size of the .keras file in MB",
    "openvino_megabytes": "Size of the OpenVINO files in MB",
}
NO_SHARE = {  # figures that are no shares; the others read best in percent
    "loss", "brier_score", "latency_ms", "images_per_second", "file_megabytes", "openvino_megabytes", "parameters",
    "multiply_adds", "images",
}  # fmt: skip


def with_gate(page: str, decision: Mapping[str, Any]) -> str:
    """Return the page with the gate's verdict in place of what was there before.

    Args:
        page: of an evaluation.
        decision: of the stage register: registered, reason, criteria (metric, bound, limit, value, passed), name,
            aliases, and champion (the verdict of the champion's rule, None if the model is not registered).

    Raises:
        PipelineError: the page has no place for it.
    """
    slot, section = gate_slot(page), gate_section(decision)
    return page[: slot.start] + section + page[slot.stop :]


def gate_slot(page: str) -> slice:
    """Return where the gate's verdict stands in a page.

    Args:
        page: of an evaluation.

    Raises:
        PipelineError: the page has no place for it.
    """
    found = list(SLOT.finditer(page))
    if len(found) != 1:
        raise PipelineError("the page of the evaluation has no place for the gate's verdict; run: dvc repro evaluate")
    return slice(*found[0].span())


def gate_section(decision: Mapping[str, Any] | None) -> str:
    """Return the section as HTML, with the marks around it.

    Args:
        decision: as `with_gate` takes it; None: it has not been made yet.
    """
    environment = page_environment(Path(__file__).parent / "templates")
    view = None if decision is None else _view(decision)
    return environment.get_template(TEMPLATE).render(gate=view).strip()


def _view(decision: Mapping[str, Any]) -> dict[str, Any]:
    verdict, _, reason = printable(str(decision["reason"])).partition(": ")
    name, aliases = str(decision.get("name", "")), [str(alias) for alias in decision.get("aliases", ())]
    champion = decision.get("champion")
    return {
        "registered": bool(decision["registered"]),
        "reason": _sentence(reason or verdict),
        "criteria": [_criterion(criterion) for criterion in decision.get("criteria", ())],
        "name": printable(name),
        "aliases": ", ".join(printable(alias) for alias in aliases),
        "model": printable(shlex.quote(f"models:/{name}@{aliases[-1]}")) if aliases else "",
        "champion": None if champion is None else _champion(champion, aliases),
    }


def _champion(verdict: Mapping[str, Any], aliases: Sequence[str]) -> dict[str, Any]:
    kept = printable(aliases[0]) if aliases else "a candidate"
    metric = printable(str(verdict["metric"]).replace("_", " "))
    row = []
    if verdict["images"] is not None:
        row = [
            (f"{metric}, champion", _number(verdict["champion_value"])),
            (f"{metric}, this model", _number(verdict["value"])),
            ("difference", _number(verdict["difference"], signed=True)),
            ("95% interval", f"{_number(verdict['low'], signed=True)} to {_number(verdict['high'], signed=True)}"),
            ("exact McNemar p", _number(verdict["p_value"])),
            ("test images", f"{verdict['images']:,}"),
            ("left out", f"{verdict['left_out']:,}"),
        ]
    return {
        "promoted": bool(verdict["promoted"]),
        "title": "Becomes the champion" if verdict["promoted"] else f"Stays {kept}",
        "reason": _sentence(printable(str(verdict["reason"]))),
        "row": row,
    }


def _criterion(criterion: Mapping[str, Any]) -> dict[str, Any]:
    metric, limit, value = str(criterion["metric"]), float(criterion["limit"]), criterion["value"]
    share = metric not in NO_SHARE
    return {
        "title": _title(metric),
        "value": NOTHING if value is None or math.isnan(value) else _value_text(float(value), limit, share=share),
        "limit": f"{criterion['bound']} {_limit_text(limit, share=share)}",
        "passed": bool(criterion["passed"]),
    }


def _title(metric: str) -> str:
    if metric.startswith("class/"):
        name, _, figure = metric.removeprefix("class/").rpartition("/")
        return f"{figure.replace('_', ' ').capitalize()} of {printable(name)}"
    text = printable(metric.replace("_", " "))
    return NAMES.get(metric, text[:1].upper() + text[1:])


def _value_text(value: float, limit: float, *, share: bool) -> str:
    """Return a value that does not read as lying on the other side of its limit."""
    text = share_text(value) if share else f"{value:,.6g}"
    try:
        shown = float(text.rstrip("%").replace(",", "")) / (100 if share else 1)
    except ValueError:  # >99.9% or <0.1%
        shown = value
    if math.isclose(shown, limit, rel_tol=1e-12):
        shown = limit
    exact = f"{100 * value:.12g}%" if share else f"{value:.12g}"
    return text if (shown > limit, shown < limit) == (value > limit, value < limit) else exact


def _limit_text(limit: float, *, share: bool) -> str:
    return f"{100 * limit:.6g}%" if share else f"{limit:,.12g}"


def _number(value: float | None, *, signed: bool = False) -> str:
    if value is None:
        return NOTHING
    return f"{value:+.4g}".replace("-", "−") if signed and value else f"{value:.4g}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
