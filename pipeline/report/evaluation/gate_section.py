"""The gate's verdict on the page of an evaluation, filled in by the stage that decides it."""

import math
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.report.page.number_text import share_text
from pipeline.report.page.page_environment import page_environment

TEMPLATE = "gate_section.html.j2"
SLOT = re.compile(r"<!-- gate -->.*?<!-- end of gate -->", re.DOTALL)  # every value is escaped: no other text matches
NAMES = {
    "accuracy": "Accuracy",
    "top_k_accuracy": "Top-k accuracy",
    "macro_f1": "Mean F1 of the classes",
    "min_class_recall": "Lowest recall of a class",
}


def with_gate(page: str, decision: Mapping[str, Any]) -> str:
    """Return the page with the gate's verdict in place of what was there before.

    Args:
        page: of an evaluation.
        decision: of the stage register: registered, reason, checks (metric, floor, value, passed), and name, version
            and alias if the model was registered.

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
    reason = reason or verdict
    return {
        "registered": bool(decision["registered"]),
        "reason": reason[:1].upper() + reason[1:],
        "checks": [_check(check) for check in decision.get("checks", ())],
        **{name: printable(str(decision.get(name, ""))) for name in ("name", "version", "alias")},
        "model": printable(shlex.quote(f"models:/{decision.get('name', '')}/{decision.get('version', '')}")),
    }


def _check(check: Mapping[str, Any]) -> dict[str, Any]:
    value = check["value"]
    return {
        "title": NAMES.get(str(check["metric"]), printable(str(check["metric"]).replace("_", " "))),
        "value": _value_text(math.nan if value is None else float(value), passed=bool(check["passed"])),
        "floor": f"{100 * float(check['floor']):.6g}%",
        "passed": bool(check["passed"]),
    }


def _value_text(value: float, *, passed: bool) -> str:
    """Return a share; one that misses its floor is rounded down, so that it does not read as reaching it."""
    return share_text(value) if passed or math.isnan(value) else f"{math.floor(1000 * value) / 1000:.1%}"
