"""The whole pipeline, with the smallest settings, then everything a second day brings. The tests run in order."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.end_to_end.conftest import Project, make_smoke_smaller

COMMITTED = [
    "dvc.lock",
    "outputs/evaluate/metrics.json",
    "outputs/evaluate/per_class.csv",
    "outputs/prepare/summary.json",
    "outputs/register/decision.json",
    "outputs/train/metrics.json",
]
PREDICT = """
import json, sys
import mlflow, numpy as np, pandas as pd
images = np.load("outputs/prepare/images/images-00000.npy")
manifest = pd.read_parquet("outputs/prepare/images/manifest.parquet")
test = manifest[manifest["split"] == "test"]
pixels, truth = images[test["position"]], test["class_index"].to_numpy()
assert "pipeline" not in sys.modules
scores = {}
keras = mlflow.keras.load_model("models:/smoke@candidate").predict(pixels)
scores["keras"] = float((np.asarray(keras).argmax(axis=1) == truth).mean())
served = mlflow.pyfunc.load_model("models:/smoke@candidate")
answers = served.predict(pixels)
scores["pyfunc"] = float((answers["predicted"] == manifest[manifest["split"] == "test"]["label"].to_list()).mean())
print(served.get_raw_model().engine.name)
print(json.dumps(scores))
"""


def would_run(project) -> set[str]:
    """Return the stages whose own dependencies changed; what follows from them is not known without running."""
    output = project.succeed("dvc", "repro", "--dry")
    return {line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")}


def test_dvc_repro_runs_every_stage_and_registers(project):
    make_smoke_smaller(project)
    project.succeed(sys.executable, "-m", "pipeline.params", "experiment=smoke")
    project.succeed("git", "commit", "-qam", "smoke")
    output = project.succeed("dvc", "repro")
    for stage in ("prepare", "train", "evaluate", "register"):
        assert f"Running stage '{stage}'" in output
    assert "epoch 1/1" in output
    decision = project.json("outputs/register/decision.json")
    assert (decision["registered"], decision["name"]) == (True, "smoke")
    assert decision["aliases"] == ["candidate", "champion"]  # the first version that passes


def test_git_status_shows_only_what_the_readme_says_to_commit(project):
    assert sorted(line[3:] for line in project.git_status()) == COMMITTED
    readme = (project.root / "README.md").read_text(encoding="utf-8")
    assert "git add params.yaml conf dvc.lock outputs" in readme
    project.succeed("git", "add", "params.yaml", "conf", "dvc.lock", "outputs")
    project.succeed("git", "commit", "-qm", "results")
    assert project.git_status() == []


def test_a_model_is_found_by_each_of_its_names(project):
    run_id = project.json("outputs/train/run.json")["run_id"]
    for first, second in (("HEAD", "models:/smoke@candidate"), (run_id[:8], "workspace")):
        output = project.succeed(sys.executable, "-m", "pipeline.compare", first, second, "--json")
        record = json.loads(output[output.index("{") :])
        assert record["images"] == project.json("outputs/evaluate/metrics.json")["images"]
        assert (record["only_a_right"], record["only_b_right"], record["settings"]) == (0, 0, {})
        assert record["origins"]["MLflow run"] == {"a": run_id, "b": run_id}
    assert "both are right on the same images" in (project.root / "outputs/compare/report.html").read_text()
    before = (project.root / "outputs/compare/report.html").read_bytes()
    output = project.fail(sys.executable, "-m", "pipeline.compare", "HEAD", "HAED")
    assert output.startswith("error: 'HAED' is no MLflow run, DVC experiment or git commit")
    assert len(output.splitlines()) == 1
    assert (project.root / "outputs/compare/report.html").read_bytes() == before
    assert project.git_status() == []


def test_summary_says_where_to_look_next(project):
    output = project.succeed(sys.executable, "-m", "pipeline.summary")
    accuracy = project.json("outputs/evaluate/metrics.json")["accuracy"]
    assert f"{accuracy:.4f}" in output
    assert "smoke" in output
    assert "outputs/prepare/report.html" in output
    assert "mlflow ui" in output


def test_a_second_repro_runs_nothing(project):
    output = project.succeed("dvc", "repro")
    assert "Running stage" not in output
    assert "up to date" in output


def test_metrics_agree_with_the_predictions_table(project):
    every = pd.read_parquet(project.root / "outputs/evaluate/predictions.parquet")
    metrics = project.json("outputs/evaluate/metrics.json")
    assert every["split"].value_counts().to_dict() == project.json("outputs/prepare/summary.json")["images"]
    table = every[every["split"] == "test"]
    assert len(table) == metrics["images"]
    assert (table["label"] == table["predicted"]).mean() == pytest.approx(metrics["accuracy"])
    assert np.allclose(every.filter(like="p_").sum(axis=1), 1.0, atol=1e-5)


def test_everything_else_follows_from_the_predictions_table(project, tmp_path):
    """A copy without a model and without images gives the same files."""
    project.succeed(sys.executable, "-m", "pipeline.scores", "--output", str(tmp_path))
    recorded = project.root / "outputs/evaluate"
    files = {file.name for file in tmp_path.iterdir()}
    assert files >= {"metrics.json", "per_class.csv", "intervals.json", "calibration.json", "slices.csv"}
    assert all((tmp_path / name).read_bytes() == (recorded / name).read_bytes() for name in files)


def test_the_page_stands_alone_and_gets_the_gates_verdict(project):
    page, final = (
        (project.root / f"outputs/{stage}/report.html").read_text(encoding="utf-8")
        for stage in ("evaluate", "register")
    )
    for text in (page, final):
        assert not re.search(r"""(src|href)=["'](?!data:|#)""", text)  # nothing is loaded
        assert "been used by 1 evaluation of 1 model" in text
    accuracy = project.json("outputs/evaluate/metrics.json")["accuracy"]
    assert f"{accuracy:.1%}" in page
    assert "smoke" in final
    assert "is not decided on this page" not in final


def test_the_registered_model_gives_the_recorded_accuracy_in_a_new_process(project, tmp_path):
    script = tmp_path / "predict.py"
    script.write_text(PREDICT)
    output = project.succeed(sys.executable, str(script), TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow")
    recorded = project.json("outputs/evaluate/metrics.json")["accuracy"]
    engine, scores = output.splitlines()[-2:]
    close = 0.03 if "bfloat16" in engine else 1e-6  # by the processor; a network of one epoch is sure of few images
    assert json.loads(scores) == {"pyfunc": pytest.approx(recorded, abs=close), "keras": pytest.approx(recorded)}


def test_one_mlflow_run_holds_the_whole_story(project):
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    experiment = client.get_experiment_by_name("smoke")
    runs = client.search_runs([experiment.experiment_id])
    assert len(runs) == 1
    run = runs[0]
    assert run.info.status == "FINISHED"
    assert run.data.params["recipe.epochs"] == "1"
    trained = project.json("outputs/train/metrics.json")
    assert run.data.metrics["multiply_adds"] == trained["multiply_adds"] > 1e6
    assert run.data.metrics["test/accuracy"] == project.json("outputs/evaluate/metrics.json")["accuracy"]
    assert [point.step for point in client.get_metric_history(run.info.run_id, "validation/loss")] == [1]
    head = project.succeed("git", "rev-parse", "HEAD~1").strip()
    assert (run.data.tags["git.commit"], run.data.tags["git.dirty"]) == (head, "false")
    assert run.inputs.dataset_inputs[0].dataset.name == "digits"
    names = {item.path for item in client.list_artifacts(run.info.run_id)}
    assert {
        "params.yaml",
        "dvc.lock",
        "history.csv",
        "curves.png",
        "decision.json",
        "evaluation",
        "samples.png",
    } <= names
    assert not any(name.startswith("system/") for name in run.data.metrics)


def test_the_version_carries_signature_example_classes_and_lineage(project):
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{project.root}/mlflow.db")
    version = mlflow.MlflowClient().get_model_version_by_alias("smoke", "candidate")
    assert version.tags["classes"] == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert {"git.commit", "params.digest", "data.digest", "model.digest", "test.accuracy"} <= set(version.tags)
    info = mlflow.models.get_model_info("models:/smoke@candidate")
    assert info.signature.outputs.input_names() == ["predicted", "confidence", "probabilities"]
    assert info.metadata["classes"][3] == "3"
    assert mlflow.models.Model.load("models:/smoke@candidate").load_input_example().shape == (2, 1)
    reference = mlflow.artifacts.download_artifacts("models:/smoke@candidate/data/reference.npz")
    assert Path(reference).read_bytes() == (project.root / "outputs/train/reference.npz").read_bytes()


def test_a_flagless_mlflow_ui_shows_the_runs(project, user_environment):
    port = "5961"
    server = subprocess.Popen(
        ["mlflow", "ui", "--port", port],
        cwd=project.root,
        env=user_environment | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_WORKERS": "1"},  # for speed
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        found = _wait_for(f"http://127.0.0.1:{port}/api/2.0/mlflow/experiments/get-by-name?experiment_name=smoke")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
    assert found["experiment"]["name"] == "smoke"


def test_commands_work_from_a_sub_folder(project):
    inside = project.root / "conf" / "data"
    environment = {"PYTHONPATH": str(project.root)}
    done = project.run(sys.executable, "-m", "pipeline.params", "--check", cwd=inside, **environment)
    assert done.returncode == 0, done.stdout
    done = project.run(sys.executable, "-m", "pipeline.register", cwd=inside, **environment)
    assert done.returncode == 0, done.stdout
    assert not (inside / "mlflow.db").exists()


def test_without_the_page_of_the_evaluation_nothing_is_registered(project):
    page = project.root / "outputs/evaluate/report.html"
    text = page.read_text(encoding="utf-8")
    page.unlink()  # it may be a link into DVC's cache
    project.succeed(sys.executable, "-m", "pipeline.params", "experiment=smoke", "tracking.registered_model=unpaged")
    assert "dvc repro evaluate" in project.fail(sys.executable, "-m", "pipeline.register")
    page.write_text(text, encoding="utf-8")
    project.succeed("git", "checkout", "-q", "params.yaml", "outputs")
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    assert [model.name for model in client.search_registered_models()] == ["smoke"]


def test_registering_again_makes_no_second_version(project):
    before = (project.root / "outputs/register/decision.json").read_bytes()
    output = project.succeed("dvc", "repro", "--force", "--single-item", "register")
    assert "smoke version 1 (was registered before)" in output
    assert (project.root / "outputs/register/decision.json").read_bytes() == before


def test_the_digest_of_a_model_is_computed_and_not_believed(project):
    """An edited record, or another file, would make a second version of the same model, or one under a false digest."""
    record, kept = project.root / "outputs/train/run.json", project.json("outputs/train/run.json")
    bytes_before = record.read_bytes()
    record.unlink()  # a link to DVC's cache, perhaps
    record.write_text(json.dumps(kept | {"model_digest": "0" * 64}))
    try:
        output = project.fail(sys.executable, "-m", "pipeline.register")
    finally:
        record.write_bytes(bytes_before)
        project.succeed("dvc", "repro", "--force", "--single-item", "register")
    assert "outputs/train/model.keras is not the model of outputs/train/run.json" in output
    assert len(output.splitlines()) == 1
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    assert len(client.search_model_versions("name='smoke'")) == 1


def test_a_copy_in_a_folder_of_any_name_logs_into_itself(project, tmp_path):
    copy = Project(tmp_path / "My%20copy #1 ü?")
    shutil.copytree(project.root, copy.root, symlinks=True)
    before = sorted((project.root / "mlruns").rglob("*"))
    output = copy.succeed(sys.executable, "-m", "pipeline.register")
    assert f"this project was at {project.root}" in output
    assert "smoke version 1 (was registered before)" in output
    assert sorted((project.root / "mlruns").rglob("*")) == before
    assert "identical" in copy.succeed(sys.executable, "-m", "pipeline.models", "verify", "smoke")
    assert [path.name for path in tmp_path.iterdir()] == [copy.root.name]


def test_a_model_whose_golden_batch_is_answered_otherwise_is_not_registered(project):
    import mlflow

    project.succeed(sys.executable, "-m", "pipeline.params", "experiment=smoke", "tracking.registered_model=other")
    golden = project.root / "outputs/train/golden.json"
    text = golden.read_text(encoding="utf-8")
    recorded = json.loads(text)
    recorded["probabilities"][0].reverse()
    golden.unlink()  # it may be a link into DVC's cache
    golden.write_text(json.dumps(recorded), encoding="utf-8")
    output = project.succeed(sys.executable, "-m", "pipeline.register")
    assert "not registered: a probability of the golden batch differs by" in output
    assert "through pyfunc, more than" in output
    assert "through http, more than" in output
    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    assert [model.name for model in client.search_registered_models()] == ["smoke"]
    golden.write_text(text, encoding="utf-8")
    project.succeed("git", "checkout", "-q", "params.yaml", "outputs")


def test_forced_again_it_gives_the_same_metrics_and_the_same_model(project, user_environment):
    """In processes with hash seeds of their own: forks of a warm process would share one."""
    before = {name: (project.root / name).read_bytes() for name in COMMITTED if name != "dvc.lock"}
    model = project.json("outputs/train/run.json")["model_digest"]
    project.succeed("dvc", "repro", "--force", **user_environment)
    assert {name: (project.root / name).read_bytes() for name in before} == before
    assert project.json("outputs/train/run.json")["model_digest"] == model


@pytest.mark.parametrize(
    ("override", "stages"),
    [
        ("gate.floors.accuracy=0.01", {"params", "register"}),
        ("tracking.alias=trial", {"params", "register"}),
        ("evaluation.top_k=2", {"params", "evaluate"}),
        ("recipe.learning_rate=0.004", {"params", "train"}),
        ("model.dropout=0.5", {"params", "train"}),
        ("data.split.seed=1", {"params", "prepare"}),
    ],
)
def test_a_stage_runs_again_only_for_the_keys_it_uses(project, override, stages):
    project.succeed(sys.executable, "-m", "pipeline.params", "experiment=smoke", override)
    assert would_run(project) == stages
    project.succeed("git", "checkout", "-q", "params.yaml")


def test_an_edit_in_conf_stops_repro_until_it_is_composed(project):
    recipe = project.root / "conf/recipe/quick.yaml"
    text = recipe.read_text(encoding="utf-8")
    recipe.write_text(text.replace("learning_rate: 0.005", "learning_rate: 0.003"), encoding="utf-8")
    output = project.fail("dvc", "repro")
    assert "recipe.learning_rate is 0.005, conf/ says 0.003" in output
    assert "python -m pipeline.params experiment=smoke" in output
    assert "Running stage 'train'" not in output
    project.succeed(sys.executable, "-m", "pipeline.params", "experiment=smoke")
    assert "train" in would_run(project)
    recipe.write_text(f"# A comment.\n{text}", encoding="utf-8")
    project.succeed(sys.executable, "-m", "pipeline.params", "experiment=smoke")
    output = project.succeed("dvc", "repro")
    assert "Running stage 'prepare'" not in output
    assert "Running stage 'train'" not in output


def test_a_gate_not_cleared_registers_nothing_and_says_why(project):
    project.succeed(sys.executable, "-m", "pipeline.params", "experiment=smoke", "gate=default")
    output = project.succeed("dvc", "repro")
    assert "not registered: accuracy" in output
    decision = project.json("outputs/register/decision.json")
    assert decision["registered"] is False
    assert (decision["aliases"], decision["champion"]) == ([], None)
    assert "below its floor 0.9" in project.succeed(sys.executable, "-m", "pipeline.summary")


def test_dvc_compares_with_the_last_commit(project):
    changed = yaml.safe_load(project.succeed("dvc", "params", "diff", "--json"))["params.yaml"]
    assert changed["gate.floors.accuracy"] == {"old": None, "new": 0.9}
    shown = json.loads(project.succeed("dvc", "metrics", "show", "--json"))
    assert "accuracy" in str(shown)
    plots = project.succeed("dvc", "plots", "diff", "HEAD")
    assert "index.html" in plots
    page = (project.root / "dvc_plots/index.html").read_text(encoding="utf-8")
    for title in ("Accuracy by epoch", "Loss by epoch", "Confusion matrix", "cross-entropy (nats)"):
        assert title in page


def test_an_unknown_store_gets_the_run_rebuilt_from_what_dvc_keeps(project, empty_store):
    """What a clone of a shared project sees after `dvc pull`: results without the MLflow runs behind them."""
    import mlflow

    project.succeed(sys.executable, "-m", "pipeline.params", "experiment=smoke")
    project.succeed("dvc", "repro")
    origin = project.json("outputs/train/run.json")["run_id"]
    shutil.copy(empty_store, project.root / "another.db")
    store = f"sqlite:///{project.root}/another.db"
    for _ in range(2):
        project.succeed("dvc", "repro", "--force", "--single-item", "register", MLFLOW_TRACKING_URI=store)
    client = mlflow.MlflowClient(store, store)
    runs = client.search_runs([client.get_experiment_by_name("smoke").experiment_id])
    assert [run.data.tags["rebuilt.from"] for run in runs] == [origin]
    assert runs[0].data.metrics["validation/accuracy"] > 0
    assert client.get_model_version_by_alias("smoke", "candidate").run_id == runs[0].info.run_id


def _wait_for(url: str, patience: float = 240.0):
    until = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.load(answer)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
