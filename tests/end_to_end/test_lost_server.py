"""A tracking server that fails while the real tools work: they go on, or say so in one sentence. In order."""

import subprocess
import sys

import mlflow
import pytest

from tests.end_to_end.conftest import warm_environment
from tests.faulty_proxy import faulty_proxy
from tests.mlflow_server import running_server

EPOCHS = 5
SETTINGS = ("experiment=smoke", "data.split.test=0.6", "model.normalization=none", "recipe.optimizer=sgd")


@pytest.fixture(scope="module")
def server(tmp_path_factory, empty_store):
    with running_server(tmp_path_factory.mktemp("server"), empty_store) as live:
        yield live


@pytest.fixture(scope="module")
def proxy(server):
    with faulty_proxy(server.port) as proxy:
        yield proxy


def test_a_training_outlives_its_server(project, proxy):
    settings = [*SETTINGS, f"recipe.epochs={EPOCHS}", f"tracking.uri={proxy.uri}"]
    project.succeed(sys.executable, "-m", "pipeline.params", *settings, "tracking.system_metrics=true")
    process = subprocess.Popen(
        ["dvc", "repro", "train"],
        cwd=project.root,
        env=warm_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("epoch 1/"):
            proxy.fault = "half-dead"
    assert process.wait() == 0, lines
    output = "".join(lines)
    assert "Traceback" not in output
    assert "WARNING" not in output
    assert output.count("does not answer; training continues, its metrics will be sent later") == 1
    assert output.count("is not complete") == 1
    assert f"epoch {EPOCHS}/{EPOCHS}" in output
    assert len(project.json("outputs/train/run.json")["run_id"]) == 32


def test_the_next_stage_says_in_one_sentence_that_the_server_is_gone(project, proxy):
    proxy.released.set()
    proxy.fault = "none"
    with proxy.refusing():
        output = project.fail("dvc", "repro")
    assert f"error: no MLflow server answers at {proxy.uri}" in output
    assert "Running stage 'train'" not in output


def test_when_the_server_is_back_the_next_stage_completes_the_run(project, server, proxy):
    output = project.succeed("dvc", "repro")
    assert "Running stage 'train'" not in output
    client = mlflow.MlflowClient(server.address)
    runs = client.search_runs([client.get_experiment_by_name("smoke").experiment_id])
    assert [run.info.run_id for run in runs] == [project.json("outputs/train/run.json")["run_id"]]
    assert runs[0].info.status == "FINISHED"
    points = {name: client.get_metric_history(runs[0].info.run_id, name) for name in runs[0].data.metrics}
    assert [point.step for point in points["train/loss"]] == list(range(1, EPOCHS + 1))
    assert {name for name, found in points.items() if not name.startswith(("train", "valid", "system"))} >= {
        "minutes", "saved/epoch", "test/accuracy"
    }  # fmt: skip
    assert [name for name, found in points.items() if len(found) > 1 and not name.startswith(("t", "v", "sys"))] == []
    assert runs[0].data.metrics["test/images"] == 1078
    assert client.get_model_version_by_alias("smoke", "candidate").run_id == runs[0].info.run_id


def test_the_server_set_in_conf_has_run_and_model_and_predicts_with_it(project, proxy):
    assert not (project.root / "mlruns").exists()
    command = ["-m", "pipeline.predict", "docs/digits/3", "--model", "models:/smoke@candidate"]
    found = project.succeed(sys.executable, *command)
    assert "smoke version 1, 10 classes, OpenVINO" in found
    assert found.count("docs/digits/3/") == 3
