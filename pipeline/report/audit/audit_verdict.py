"""What an audit found, in one line."""

from pipeline.report.audit.audit_content import AuditContent
from pipeline.report.page.number_text import counted


def audit_verdict(content: AuditContent) -> tuple[str, str]:
    """Return the gravest action (stop, drop, warn or `clear`), and a sentence that counts the findings."""
    numbers = {
        action: sum(finding.action == action for finding in content.findings)
        for action in ("stop", "drop", "warn", "ignore")
    }
    stop, drop, warn, ignore = numbers.values()
    files = counted(content.left_out_total, "file")
    parts = [
        f"{counted(stop, 'finding')} that stop{'s' if stop == 1 else ''} the preparation" if stop else "",
        f"{counted(drop, 'finding')} that drop{'s' if drop == 1 else ''} {files}" if drop else "",
        f"{files} left out" if content.left_out_total and not drop else "",
        counted(warn, "warning") if warn else "",
        f"{counted(ignore, 'finding')} ignored" if ignore else "",
    ]
    gravest = next((action for action in ("stop", "drop", "warn") if numbers[action]), "clear")
    if not any(parts):
        passed = f": {counted(len(content.clean), 'check')} passed" if content.clean else ""
        return gravest, f"No findings{passed}."
    return gravest, ", ".join(filter(None, parts)) + "."
