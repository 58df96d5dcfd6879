"""The decision on a model that misses a gate which was raised since it was registered."""

import shutil

import mlflow
import pytest

from pipeline.base.errors import PipelineError
from pipeline.lifecycle.champion.decision_tags import criteria_tags
from pipeline.lifecycle.champion.evaluated_files import EvaluatedFiles
from pipeline.lifecycle.champion.gate_decision import decide
from pipeline.lifecycle.champion_moves import promote_version
from pipeline.registry.gate import Criterion
from pipeline.tracking.lineage import run_params
from tests.evaluation.drawn_table import drawn_table

DIGEST = "d" * 64
PAGE = "<main><!-- gate --><!-- end of gate --></main>"


def test_a_version_that_misses_a_raised_gate_needs_force(config, empty_store, tmp_path, monkeypatch):
    shutil.copy(empty_store, tmp_path)
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    client, name = mlflow.MlflowClient(), config.tracking.registered_model
    experiment = client.create_experiment("models", artifact_location=(tmp_path / "artifacts").as_uri())
    run = client.create_run(experiment).info.run_id
    mlflow.log_params(run_params(config), run_id=run)
    client.create_registered_model(name)
    tags = criteria_tags([Criterion("accuracy", "at least", 0.9, 0.95), Criterion("loss", "at most", 1.0, 0.5)])
    client.create_model_version(name, "file:///nowhere", run, tags={**tags, "model.digest": DIGEST})
    classes, table = drawn_table(0, 20, 3)
    evaluated = EvaluatedFiles({"accuracy": 0.95}, {}, table, classes, DIGEST, "t" * 64, PAGE)
    decision = decide(config, tmp_path, run, evaluated, [Criterion("accuracy", "at least", 0.99, 0.95)], None)
    assert (decision["registered"], decision["champion"]) == (False, None)
    version = client.get_model_version(name, "1")
    assert [value for key, value in version.tags.items() if key.startswith("gate.")] == [
        "0.9500, at least 0.99: missed"
    ]
    with pytest.raises(PipelineError, match="misses the gate's accuracy; --force"):
        promote_version(client, version, "champion", "why", force=False)
