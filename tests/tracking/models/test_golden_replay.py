"""The golden batch through a logged model, and what happens when the model has changed."""

from dataclasses import replace

import mlflow
import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.tracking.models.golden_replay import replay_golden


def test_pyfunc_and_http_give_the_recorded_answers(run_id, log, golden):
    log(run_id)
    replayed = replay_golden(run_id, golden)
    assert replayed.engine.startswith("OpenVINO")
    assert set(replayed.differences) == {"pyfunc", "http"}
    limit = 0.05 if "bfloat16" in replayed.engine else 1e-4
    assert all(value < limit for value in replayed.differences.values())
    logged = mlflow.get_run(run_id).data.metrics
    assert {name: logged[f"golden/{name}"] for name in replayed.differences} == pytest.approx(replayed.differences)


def test_other_answers_than_those_recorded_are_seen(run_id, log, golden):
    log(run_id)
    other = replace(golden, probabilities=np.roll(golden.probabilities, 1, axis=1))
    assert all(value > 0.01 for value in replay_golden(run_id, other).differences.values())


def test_a_run_without_a_model_gets_one_sentence(run_id, golden):
    with pytest.raises(PipelineError, match="has no model; log it again"):
        replay_golden(run_id, golden)
