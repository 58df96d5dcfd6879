"""All checks of an installation and a project, in the order in which they are printed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.base.errors import one_line
from pipeline.diagnosis.finding import Finding, Verdict, problem
from pipeline.diagnosis.machine.disk_checks import check_disk
from pipeline.diagnosis.machine.hardware_checks import (
    check_clock,
    check_graphics,
    check_home,
    check_memory,
    check_processor,
)
from pipeline.diagnosis.machine.package_checks import (
    check_consistency,
    check_environment,
    check_packages,
    check_python,
)
from pipeline.diagnosis.patient import Patient
from pipeline.diagnosis.stores.registry_checks import check_registrations, check_registry, check_runs
from pipeline.diagnosis.stores.store_checks import check_place, check_store
from pipeline.diagnosis.workspace.checkpoint_checks import check_checkpoints
from pipeline.diagnosis.workspace.dvc_checks import check_cache, check_locks, check_remote
from pipeline.diagnosis.workspace.git_checks import check_git
from pipeline.diagnosis.workspace.leftover_checks import check_leftovers
from pipeline.diagnosis.workspace.output_checks import check_outputs
from pipeline.diagnosis.workspace.queue_checks import check_queue
from pipeline.diagnosis.workspace.settings_checks import check_data, check_settings

Check = Callable[[Patient], Iterable[Finding]]
CHECKS: tuple[tuple[str, Check], ...] = (  # what a check is called if it fails itself
    ("Python", check_python),
    ("packages", check_packages),
    ("dependencies", check_consistency),
    ("environment", check_environment),
    ("processor", check_processor),
    ("GPU", check_graphics),
    ("memory", check_memory),
    ("disk", check_disk),
    ("home", check_home),
    ("clock", check_clock),
    ("git", check_git),
    ("settings", check_settings),
    ("data", check_data),
    ("DVC remote", check_remote),
    ("DVC cache", check_cache),
    ("DVC locks", check_locks),
    ("DVC queue", check_queue),
    ("outputs", check_outputs),
    ("moved project", check_place),  # before the others ask the store, which corrects it
    ("store", check_store),
    ("runs", check_runs),
    ("registrations", check_registrations),
    ("registry", check_registry),
    ("checkpoints", check_checkpoints),
    ("leftovers", check_leftovers),
)


def examine(root: Path, *, fix: bool = False, checks: Sequence[tuple[str, Check]] = CHECKS) -> list[Finding]:
    """Return what all checks find; a check that fails itself is a problem, and the others run.

    Args:
        root: the project's folder.
        fix: whether to mend at once what can be mended without risk.
        checks: to run.
    """
    patient = Patient(root, fix)
    found: list[Finding] = []
    for name, check in checks:
        try:
            found += check(patient)
        except Exception as error:  # whatever a sick project or machine makes of it
            found.append(problem(name, one_line(error, 300)))
    return [_mended(one) if fix and one.mend else one for one in found]


def _mended(finding: Finding) -> Finding:
    try:
        done = finding.mend() if finding.mend else ""
    except Exception as error:  # as above
        return replace(finding, text=f"{finding.text}; it could not be mended: {one_line(error, 200)}", mend=None)
    return Finding(finding.about, Verdict.OK, f"mended: {done}")
