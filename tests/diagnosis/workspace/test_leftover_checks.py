"""What killed processes left."""

import os

from pipeline.base.locks.process_lock import try_lock
from pipeline.base.processes.process_identity import machine
from pipeline.diagnosis.finding import Verdict
from pipeline.diagnosis.workspace.leftover_checks import check_leftovers
from tests.diagnosis.conftest import only

DEAD = 4194305  # a greater number than any process has


def test_what_dead_processes_left_is_found_and_removed_and_nothing_else(project, patient):
    assert only(check_leftovers, patient).verdict is Verdict.OK
    dead = [
        project / f".partial-{DEAD}-{machine()}-abcdefgh.yaml",
        project / f"outputs/prepare/.partial-{DEAD}-{machine()}-abcdefgh",
        project / "mlflow.db.partial",
        project / ".dvc/tmp/crossval/tmp1",
    ]
    alive = project / f"outputs/.partial-{os.getppid()}-{machine()}-abcdefgh.json"
    for path in (*dead, alive):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix:
            path.write_text("x")
        else:
            path.mkdir()
    leftovers = only(check_leftovers, patient)
    assert leftovers.verdict is Verdict.WARNING
    assert leftovers.mend() == "4 removed"
    assert [path for path in dead if path.exists()] == []
    assert alive.exists()
    assert only(check_leftovers, patient).verdict is Verdict.OK


def test_what_a_process_uses_by_now_stays(project, patient):
    store, copy = project / "mlflow.db.partial", project / ".dvc/tmp/crossval/tmp1"
    store.write_text("x")
    copy.mkdir(parents=True)
    leftovers = only(check_leftovers, patient)
    held = [try_lock(project / name) for name in ("mlflow.db.lock", ".dvc/tmp/crossval.lock")]
    assert leftovers.mend() == "0 removed"
    assert store.exists()
    assert copy.exists()
    for file in held:
        file.close()
    assert leftovers.mend() == "2 removed"
