"""The gate's verdict on the page of an evaluation, filled in by the stage that decides it."""

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.report.evaluation.criterion_view import criterion_view
from pipeline.report.page.number_text import NOTHING
from pipeline.report.page.page_environment import page_environment

TEMPLATE = "gate_section.html.j2"
SLOT = re.compile(r"<!-- gate -->.*?<!-- end of gate -->", re.DOTALL)  # every value is escaped: no other text matches
RULES = {
    "better_by": "Rule: to become the champion, a model must be shown to be better by more than {margin} ({metric}).",
    "not_worse_than": "Rule: to become the champion, a model must be shown to be worse by at most {margin} ({metric}).",
    "by_hand": "Rule: a person decides who becomes the champion.",
}
LEAST_P = 0.0001  # smaller p-values read as smaller than this


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
        "criteria": [criterion_view(criterion) for criterion in decision.get("criteria", ())],
        "name": printable(name),
        "aliases": " and ".join(printable(alias) for alias in aliases),
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
            ("exact McNemar p", _p_text(verdict["p_value"])),
            ("test images", f"{verdict['images']:,}"),
            ("left out", f"{verdict['left_out']:,}"),
        ]
    return {
        "promoted": bool(verdict["promoted"]),
        "title": "Becomes the champion" if verdict["promoted"] else f"Stays {kept}",
        "reason": _sentence(printable(str(verdict["reason"]))),
        "rule": RULES.get(str(verdict["rule"]), "").format(metric=metric, margin=f"{float(verdict['margin']):g}"),
        "row": row,
    }


def _number(value: float | None, *, signed: bool = False) -> str:
    if value is None:
        return NOTHING
    return f"{value:+.4g}".replace("-", "−") if signed and value else f"{value:.4g}"


def _p_text(value: float | None) -> str:
    return f"<{LEAST_P:g}" if value is not None and value < LEAST_P else _number(value)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
