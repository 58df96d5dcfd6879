"""Whether a process still runs."""

import os
import subprocess
import sys

import psutil
import pytest

from pipeline.base.processes import process_identity
from pipeline.base.processes.process_identity import machine, process_exists, process_stamp, runs_still


def test_a_process_runs_until_it_has_ended():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        stamp = process_stamp(other.pid)
        assert runs_still(stamp)
        other.communicate(b"\n")
    assert not runs_still(stamp)
    assert runs_still(process_stamp())


def test_another_process_with_the_same_id_is_another():
    pid = process_stamp().partition(" ")[0]
    other = "0123abcd:1" if ":" in process_stamp() else "1.00"
    assert not runs_still(f"{pid} {other}")
    assert runs_still("something else")


def test_another_process_of_this_machine_names_it_the_same():
    command = "from pipeline.base.processes.process_identity import machine; print(machine())"
    assert subprocess.check_output([sys.executable, "-c", command], text=True).strip() == machine()


def test_a_stamp_of_ticks_and_one_of_a_time_cannot_be_compared():
    other = "1234567.00" if ":" in process_stamp() else "0123abcd:1"
    assert runs_still(f"{os.getpid()} {other}")


def test_a_process_of_another_user_that_the_system_hides_still_runs(monkeypatch):
    """As with /proc mounted with hidepid=2."""

    def hidden(pid):
        raise psutil.NoSuchProcess(pid)

    def not_permitted(pid, number):
        raise PermissionError

    monkeypatch.setattr(psutil, "Process", hidden)
    monkeypatch.setattr(psutil, "pid_exists", lambda pid: False)
    assert not runs_still("4194305 0123abcd:1")
    assert not process_exists(4194305)
    monkeypatch.setattr(os, "kill", not_permitted)
    assert runs_still("4194305 0123abcd:1")
    assert process_exists(4194305)


@pytest.mark.parametrize(
    ("machine_id", "card", "namespace", "same"),
    [
        ("0123", 0x02420A000001, process_identity.FIRST_NAMESPACE, True),
        ("", 0x02420A000001, process_identity.FIRST_NAMESPACE, False),
        ("0123", 1 << 40, process_identity.FIRST_NAMESPACE, False),
        ("0123", 0x02420A000001, "pid:[4026532222]", False),
    ],
)
def test_containers_of_one_image_on_two_machines_differ(tmp_path, monkeypatch, machine_id, card, namespace, same):
    """Only the boot's id differs between them; a machine with all its marks stays the same after a start."""
    for name in ("MACHINE_ID", "BOOT_ID", "NAMESPACE"):
        monkeypatch.setattr(process_identity, name, tmp_path / name)
    monkeypatch.setattr(process_identity.uuid, "getnode", lambda: card)
    (tmp_path / "MACHINE_ID").write_text(machine_id)
    (tmp_path / "NAMESPACE").symlink_to(namespace)
    names = set()
    for boot in ("one", "other"):
        (tmp_path / "BOOT_ID").write_text(boot)
        names.add(machine.__wrapped__())
    assert (len(names) == 1) is same
