"""Worker processes of a search."""

import signal
import subprocess
import sys

from pipeline.search.engine import local_workers
from pipeline.search.engine.local_workers import LocalWorkers

HANGS = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"


def test_a_worker_that_does_not_stop_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(local_workers, "STOPPING", 0.0)
    workers = LocalWorkers(overrides=[], port=1, folder=tmp_path, count=0)
    with subprocess.Popen([sys.executable, "-c", HANGS], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "up\n"
            workers.processes["worker-0"] = process
            workers.stop()
            assert process.returncode == -signal.SIGKILL
        finally:
            process.kill()
