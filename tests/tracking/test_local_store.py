"""The creation of mlflow.db: whole or not at all, by one process while others wait."""

import os
import signal
import subprocess
import sys
import time

import pytest

from pipeline.base.errors import PipelineError
from pipeline.tracking import local_store
from pipeline.tracking.local_store import create_local_store

OPEN = """
import sys
from pathlib import Path
from pipeline.base.command import run_command
from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.tracking.store import open_store
config = TrackingConfig(
    name="t", uri=None, experiment="t", registered_model="t", alias="t", champion_alias="c", system_metrics=False
)
run_command(lambda: print(open_store(config, Path(sys.argv[1]))))
"""


def opening(folder, **options):
    """Start a process that opens the store in `folder`, creating it if need be."""
    return subprocess.Popen(
        [sys.executable, "-c", OPEN, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **options,
    )


def wait_for_a_database(folder, process):
    """Return once a database has content, as it is being created."""
    while process.poll() is None:
        if any(file.stat().st_size for file in folder.glob("mlflow.db*") if file.is_file()):
            return
        time.sleep(0.01)
    raise AssertionError(process.stdout.read())


def test_a_kill_while_it_is_created_leaves_nothing_that_does_not_open(tmp_path):
    with opening(tmp_path) as process:
        wait_for_a_database(tmp_path, process)
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGKILL)
    assert not (tmp_path / "mlflow.db").exists()
    with opening(tmp_path) as process:
        output, _ = process.communicate()
    assert process.returncode == 0, output
    assert sorted(file.name for file in tmp_path.glob("mlflow.db*")) == ["mlflow.db", "mlflow.db.lock"]


def test_two_processes_at_once_open_one_store_and_one_experiment(tmp_path):
    both = [opening(tmp_path) for _ in range(2)]
    outputs = [process.communicate()[0].strip() for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert outputs[0].splitlines()[-1] == outputs[1].splitlines()[-1]


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path):
    def limit():
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    with opening(tmp_path, preexec_fn=limit) as process:
        output, _ = process.communicate()
    assert process.returncode == 1
    assert output.startswith(f"error: cannot create {tmp_path}/mlflow.db: "), output
    assert len(output.splitlines()) == 1
    assert [file.name for file in tmp_path.glob("mlflow.db*")] == ["mlflow.db.lock"]


def test_a_store_that_is_there_is_not_touched(tmp_path):
    (tmp_path / "mlflow.db").write_text("the user's")
    create_local_store(tmp_path)
    assert (tmp_path / "mlflow.db").read_text() == "the user's"


def test_a_broken_store_is_refused_with_a_way_out(tmp_path):
    (tmp_path / "mlflow.db").write_text("not a database")
    with opening(tmp_path) as process:
        output, _ = process.communicate()
    assert process.returncode == 1
    assert "mv mlflow.db mlflow.db.broken" in output
    assert "Traceback" not in output


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PipelineError, match="cannot create"):
        create_local_store(tmp_path)


def test_a_store_that_another_program_makes_meanwhile_stays(tmp_path, monkeypatch):
    def migrate(file, artifacts):
        file.write_bytes(b"ours")
        (tmp_path / "mlflow.db").write_bytes(b"theirs")

    monkeypatch.setattr(local_store, "_migrate", migrate)
    create_local_store(tmp_path)
    assert (tmp_path / "mlflow.db").read_bytes() == b"theirs"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["mlflow.db", "mlflow.db.lock"]
