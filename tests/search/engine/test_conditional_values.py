"""Words, switches, whole numbers and conditional values, in every oracle and through a chief."""

import threading

import pytest

from pipeline.base.errors import PipelineError
from pipeline.search.engine.chief import SearchChief
from pipeline.search.space import apply_values
from pipeline.search.trial_values import searched_values

SPACE = [
    "search.space.widths=null",
    "search.space.values.dropout.choices=[0.4]",
    "+search.space.values.nesterov={key:recipe.nesterov,choices:[true,false],parent_name:optimizer,"
    "parent_values:[sgd],otherwise:false}",
    "+search.space.values.optimizer={key:recipe.optimizer,choices:[sgd,adamw]}",
    "+search.space.values.xla={key:recipe.xla,choices:[auto,false],parent_name:nesterov,parent_values:[true]}",
    "+search.space.values.batch={key:recipe.batch_size,low:4,high:12,parent_name:optimizer,parent_values:[adamw]}",
    "recipe.nesterov=true",
]
NAMES = {"dropout", "optimizer"}  # the others depend on these


def searched(values):
    """Return the names that a trial with these values searches."""
    if values["optimizer"] == "adamw":
        return NAMES | {"batch"}
    return NAMES | {"nesterov"} | ({"xla"} if values["nesterov"] else set())


@pytest.mark.parametrize("search", ["random", "bayesian", "hyperband", "grid"])
def test_a_value_is_searched_only_where_its_condition_is_met(oracle, play, tune, search):
    trials = 5 if search == "bayesian" else 12
    options = (f"search={search}", *SPACE, f"search.max_trials={trials}", "search.initial_points=4")
    options += () if search == "hyperband" else ("recipe.epochs=3",)
    seen = play(oracle(*options), lambda values: 0.5 + 0.01 * values.get("batch", 0))
    config = tune(*options)
    assert seen[0] == {"dropout": 0.4, "optimizer": "sgd", "nesterov": True, "xla": "auto"}  # the configured network
    for values in seen:
        assert set(values) == searched(values)
        trained = apply_values(config, values).recipe
        assert trained.batch_size == values.get("batch", 8)  # as it was recorded
        assert trained.nesterov is values.get("nesterov", False)
        assert trained.xla is {"auto": "auto", "false": False}[values["xla"]] if "xla" in values else "auto"
    assert {values["optimizer"] for values in seen} == {"sgd", "adamw"}
    if search == "grid":
        assert len(seen) == 12  # sgd: two with nesterov, one without; adamw: nine sizes of batches


def test_a_chief_serves_conditional_values_to_its_workers(oracle, monkeypatch, capfd):
    from keras_tuner.src.distribute.oracle_client import OracleClient

    from pipeline.search.engine.keras_tuner_internals import silence_keras_tuner

    silence_keras_tuner()
    served = oracle("search=bayesian", *SPACE, "search.max_trials=4", "search.initial_points=3")
    chief = SearchChief(oracle=served, silence=20.0)
    served.subscribe(chief)
    thread = threading.Thread(target=chief.serve, args=(None,), daemon=True)
    thread.start()
    address = {"KERASTUNER_ORACLE_IP": "127.0.0.1", "KERASTUNER_ORACLE_PORT": str(chief.port)}
    for key, value in {**address, "KERASTUNER_TUNER_ID": "worker-0"}.items():
        monkeypatch.setenv(key, value)
    worker, done = OracleClient(served), []
    assert len(worker.get_space().space) == len(served.get_space().space)
    while (trial := worker.create_trial("worker-0")).status != "STOPPED":
        done.append(searched_values(trial))
        worker.update_trial(trial.trial_id, {"val_accuracy": 0.5 + 0.01 * len(done)}, step=1)
        trial.status = "COMPLETED"
        worker.end_trial(trial)
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert len(done) == 4
    assert all(set(values) == searched(values) for values in done)
    assert [trial.hyperparameters.values for trial in served.trials.values()] == done
    output = capfd.readouterr()
    assert output.out == ""  # Keras Tuner has a leftover print for each condition
    assert "Warning" not in output.err


def test_one_key_may_have_a_range_for_each_optimizer(oracle, play, tune):
    rates = ["{key:recipe.learning_rate,low:0.001,high:0.01,log:true,parent_name:optimizer,parent_values:[sgd]}"]
    rates += ["{key:recipe.learning_rate,low:0.0001,high:0.001,log:true,parent_name:optimizer,parent_values:[adamw]}"]
    names = [f"+search.space.values.rate_{number}={rate}" for number, rate in enumerate(rates)]
    options = ("search=random", *SPACE[:2], SPACE[3], *names, "search.max_trials=10")
    for values in play(oracle(*options), lambda values: 0.5):
        low, name = (0.001, "rate_0") if values["optimizer"] == "sgd" else (0.0001, "rate_1")
        assert low <= apply_values(tune(*options), values).recipe.learning_rate <= 10 * low
        assert name in values
        assert len(values) == 3


CHILD = "search.space.values.child={key:recipe.nesterov,choices:[true,false]"
REFUSED = [
    ([f"+{CHILD},parent_name:optimiser,parent_values:[sgd]}}"], "parent_name 'optimiser' is not among the values"),
    ([f"+{CHILD},parent_name:dropout}}"], "a condition needs both parent_name and parent_values"),
    ([f"+{CHILD},otherwise:false}}"], "otherwise goes with parent_name"),
    ([f"+{CHILD},parent_name:optimizer,parent_values:[sgd,adam]}}", SPACE[3]],
     r"never adam \(did you mean 'adamw'\?\), it can be: sgd, adamw"),
    ([f"+{CHILD},parent_name:child,parent_values:[true]}}"], r"leads back to itself \(child → child\)"),
    ([f"+{CHILD},parent_name:optimizer,parent_values:[sgd]}}", SPACE[3], "recipe.nesterov=true"],
     r"search\.space\.values\.child\.otherwise"),
    ([f"+{CHILD},parent_name:optimizer,parent_values:[muon],otherwise:true}}",
      "+search.space.values.optimizer={key:recipe.optimizer,choices:[sgd,muon]}"],
     r"otherwise=true is not the configured recipe\.nesterov=false"),
    (["+search.space.values.size={key:recipe.batch_size,choices:[8,8.5]}"], "is a whole number, and 8.5 is not"),
    (["+search.space.values.size={key:recipe.batch_size,low:8,high:9.5}"], "is a whole number, and 9.5 is not"),
    (["+search.space.values.size={key:recipe.batch_size,low:8,high:9,parent_name:optimizer,parent_values:[adamw],"
      "otherwise:8.5}", SPACE[3]], "is a whole number, and 8.5 is not"),
    (["+search.space.values.size={key:recipe.batch_size,choices:[8,9],parent_name:optimizer,parent_values:[sgd],"
      "otherwise:8.5}", SPACE[3]], "is a whole number, and 8.5 is not"),
]  # fmt: skip


@pytest.mark.parametrize(("overrides", "expected"), REFUSED)
def test_a_condition_that_cannot_be_met_is_refused(oracle, overrides, expected):
    with pytest.raises(PipelineError, match=expected) as caught:
        oracle("search=random", *overrides)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_the_space_of_optimizers_begins_with_either(oracle, play, optimizer):
    options = ("search=random", "search/space=optimizer", f"recipe.optimizer={optimizer}", "search.max_trials=3")
    first, *others = play(oracle(*options), lambda values: 0.5)
    assert (first["optimizer"], f"{optimizer}_rate" in first, "nesterov" in first) == (
        optimizer,
        True,
        optimizer == "sgd",
    )
    assert len(others) == 2
