"""What becomes of worker processes when the one that started them ends."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

PROGRAM = """
import sys, time
from functools import partial
from pipeline.data.packing.listing_decoder import decode_listing
from pipeline.data.record import Record

if __name__ != "__main__":
    sys.exit("a worker imports the main module")
list(decode_listing([Record("a", "a", None, partial(time.sleep, 600))] * 4, None, 10**6, workers=2))
"""


@pytest.fixture
def busy(tmp_path):
    """Return a process in a separate process group, and its two workers, which decode for ever."""
    (tmp_path / "main.py").write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "main.py")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        parent = psutil.Process(process.pid)
        while len(parent.children()) < 2:
            assert process.poll() is None
            time.sleep(0.01)
        workers = parent.children()
        while not all(worker.cpu_times().user > 0.05 for worker in workers):  # they have begun
            time.sleep(0.01)
        yield process, workers
        process.kill()


def test_workers_end_with_a_process_that_is_killed(busy):
    process, workers = busy
    process.kill()
    assert psutil.wait_procs(workers, timeout=30)[1] == []


def test_workers_of_an_interrupted_process_end_without_a_word(busy):
    process, workers = busy
    os.killpg(process.pid, signal.SIGINT)
    _, printed = process.communicate(timeout=30)
    assert psutil.wait_procs(workers, timeout=30)[1] == []
    assert printed.count("Traceback") == 1
    assert printed.strip().endswith("KeyboardInterrupt")
