"""What the checks found, for a terminal and for programs."""

import json
import textwrap
from collections.abc import Sequence

from pipeline.base.printable import printable
from pipeline.diagnosis.finding import Finding, Verdict

MARKS = {Verdict.OK: "ok", Verdict.WARNING: "warning", Verdict.PROBLEM: "PROBLEM"}


def report_text(findings: Sequence[Finding], width: int = 120) -> str:
    """Return a line or more for each finding, the command that mends it below, and a last line that counts.

    Args:
        findings: in their order.
        width: of the terminal, in characters.
    """
    names = max((len(one.about) for one in findings), default=0)
    margin = " " * (names + max(map(len, MARKS.values())) + 4)
    lines: list[str] = []
    for one in findings:
        head = f"{one.about:<{names}}  {MARKS[one.verdict]:<{max(map(len, MARKS.values()))}}  "
        lines += textwrap.wrap(
            printable(one.text), max(width, 60), initial_indent=head, subsequent_indent=margin, break_on_hyphens=False
        )
        if one.command and one.verdict is not Verdict.OK:
            lines.append(f"{margin}> {printable(one.command)}")
    return "\n".join([*lines, "", verdict_line(findings)])


def report_json(findings: Sequence[Finding]) -> str:
    """Return a JSON object: `verdict`, the worst one, and `checks`, each with about, verdict, text and command."""
    checks = [
        {"about": one.about, "verdict": one.verdict.value, "text": one.text, "command": one.command} for one in findings
    ]
    return json.dumps({"verdict": worst(findings).value, "checks": checks}, indent=2, ensure_ascii=False)


def worst(findings: Sequence[Finding]) -> Verdict:
    """Return the worst verdict; ok if there is no finding."""
    order = list(Verdict)
    return max((one.verdict for one in findings), key=order.index, default=Verdict.OK)


def verdict_line(findings: Sequence[Finding]) -> str:
    """Return how many problems and warnings there are."""
    counts = {verdict: sum(one.verdict is verdict for one in findings) for verdict in Verdict}
    parts = [
        f"{counts[verdict]} {word}{'s' * (counts[verdict] != 1)}"
        for verdict, word in ((Verdict.PROBLEM, "problem"), (Verdict.WARNING, "warning"))
        if counts[verdict]
    ]
    return f"{' and '.join(parts)} in {len(findings)} checks" if parts else f"nothing is wrong ({len(findings)} checks)"
