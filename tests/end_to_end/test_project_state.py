"""What the comparison of killed commands sees in a real store and in checkpoints."""

import shutil

import mlflow
import pytest

from pipeline.base.files import write_json, write_text
from tests.end_to_end.kills.project_state import differences, project_state


@pytest.fixture(scope="module")
def project(tmp_path_factory, empty_store):
    """A project with the files and the run of a training."""
    root = tmp_path_factory.mktemp("project")
    shutil.copy(empty_store, root / "mlflow.db")
    client = mlflow.MlflowClient(f"sqlite:///{root}/mlflow.db")
    experiment = client.create_experiment("x", artifact_location=(root / "mlruns").as_uri())
    tags = {"registered": "true", "process.id": "12 boot:3456"}
    run = client.create_run(experiment, tags=tags).info.run_id
    client.set_terminated(run)
    write_json(root / "outputs/train/run.json", {"run_id": run, "lineage": {}})
    checkpoint = {"run_id": run, "history": [{"epoch": 1.0, "loss": 0.5}], "seconds": 1.0}
    write_json(root / ".checkpoints/0123456789abcdef/checkpoint.json", {"checkpoint": checkpoint})
    write_text(root / ".checkpoints/0123456789abcdef/run_id.txt", f"{run}\n")
    return root, client, run


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (lambda client, run, root: client.set_tag(run, "registered", "false"), "MLflow tags"),
        (lambda client, run, root: client.update_run(run, "FAILED"), "run in outputs/train/run.json"),
        (lambda client, run, root: _of_another_run(root, run), "run in .checkpoints/ID/run_id.txt"),
        (lambda client, run, root: _with_another_loss(root), "file .checkpoints/ID/checkpoint.json"),
        (lambda client, run, root: client.set_tag(run, "process.id", "78 boot:9012"), None),  # of each process another
    ],
    ids=["tag", "status", "run id", "checkpoint", "process"],
)
def test_a_difference_is_seen(project, tmp_path, change, seen):
    root, _, run = project
    expected = project_state(root)
    shutil.copytree(root, tmp_path / "copy")
    change(mlflow.MlflowClient(f"sqlite:///{tmp_path}/copy/mlflow.db"), run, tmp_path / "copy")
    lines = differences(expected, project_state(tmp_path / "copy"))
    assert any(line.startswith(f"{seen}:") for line in lines) if seen else lines == []


def _of_another_run(root, run):
    [file] = root.glob(".checkpoints/*/run_id.txt")
    file.write_text("0" * len(run) + "\n")


def _with_another_loss(root):
    [file] = root.glob(".checkpoints/*/checkpoint.json")
    file.write_text(file.read_text().replace("0.5", "0.6"))
