"""Keras Tuner's oracles with a first trial, limits and a saved state."""

import math

import pytest

from pipeline.base.errors import PipelineError

SEARCHES = ["random", "bayesian", "hyperband", "grid"]
NETWORK = "search/space=network"


@pytest.mark.parametrize("search", SEARCHES)
def test_the_configured_network_comes_first_and_no_trial_twice(oracle, play, sizes, search):
    seen = play(oracle(f"search={search}", NETWORK, "search.max_trials=8", "recipe.epochs=3"), sizes)
    assert seen[0] == {"width": 1.0, "dropout": 0.4}
    if search == "hyperband":  # its later rounds continue the best of the earlier ones
        assert len(seen) == 6
        return
    assert len(seen) == len({tuple(sorted(values.items())) for values in seen}) == 8


@pytest.mark.parametrize("search", SEARCHES)
def test_the_same_seed_gives_the_same_trials(oracle, play, sizes, search):
    options = (f"search={search}", NETWORK, "search.max_trials=6", "search.initial_points=3", "recipe.epochs=3")
    first, second = (play(oracle(*options, name=name), sizes) for name in "ab")
    assert first == second
    if search in ("random", "bayesian"):
        assert play(oracle(*options, "search.seed=1", name="c"), sizes) != first


@pytest.mark.parametrize("search", SEARCHES)
def test_what_exceeds_the_limits_is_counted_and_not_a_trial(oracle, play, sizes, search):
    limited = oracle(
        f"search={search}", NETWORK, "search.max_trials=20", "recipe.epochs=3", "search.initial_points=2",
        exceeded=lambda values: "too wide" if values["width"] > 0.5 else None,
    )  # fmt: skip
    seen = play(limited, sizes)
    assert {values["width"] for values in seen} == {0.25, 0.5}
    assert limited.skipped >= 2
    if search != "hyperband":
        assert len(seen) == 4  # two widths, two rates of dropout, then the space is exhausted


@pytest.mark.parametrize("search", SEARCHES)
def test_a_search_resumes_from_its_folder_with_the_trials_it_would_have_had(oracle, play, sizes, search):
    options = (f"search={search}", "search/space=network", "search.max_trials=7", "search.initial_points=3")
    whole = play(oracle(*options, "recipe.epochs=3", name="whole"), sizes)
    begun = play(oracle(*options, "recipe.epochs=3"), sizes, most=4)
    again = oracle(*options, "recipe.epochs=3")
    again.reload()
    assert begun + play(again, sizes) == whole


@pytest.mark.parametrize("search", SEARCHES)
def test_a_trial_that_was_running_at_a_kill_is_run_again_and_counted_once(oracle, play, sizes, search):
    options = (f"search={search}", NETWORK, "search.max_trials=6", "recipe.epochs=3")
    killed = oracle(*options)
    begun = play(killed, sizes, most=2)
    running = killed.create_trial("tuner0").hyperparameters.values
    again = oracle(*options)
    again.reload()
    later = play(again, sizes)
    assert later[0] == {name: value for name, value in running.items() if not name.startswith("tuner/")}
    assert len(begun + later) == len(again.trials) == 6


def test_a_damaged_state_is_one_sentence_that_says_how_to_begin_anew(oracle, play, sizes, tmp_path):
    play(oracle("search=random", NETWORK), sizes, most=1)
    for file in (tmp_path / "one/oracle.json", tmp_path / "one/trial_0/trial.json"):
        whole = file.read_text()
        for content in ("", "[1]", "{}", "\x00"):
            file.write_text(content)
            with pytest.raises(PipelineError, match=rf"damaged \(.*remove it with rm -r {tmp_path}, then the same"):
                oracle("search=random", NETWORK).reload()
        file.write_text(whole)
    oracle("search=random", NETWORK).reload()


def test_bayesian_search_finds_a_better_place_than_random_draws(oracle, play):
    def hill(values):
        return -((math.log10(values["rate"]) + 3.3) ** 2) - (values["dropout"] - 0.5) ** 2

    rate = "+search.space.values.rate={key:recipe.learning_rate,low:0.0001,high:0.1,log:true}"
    options = ("search.max_trials=16", "search.initial_points=6", "search.space.widths=null", rate)
    best = {
        name: max(map(hill, play(oracle(f"search={name}", *options, name=name), hill)))
        for name in ("bayesian", "random")
    }
    assert best["bayesian"] > best["random"]


def test_a_failed_trial_does_not_stop_a_search(oracle, play, sizes):
    limited = oracle("search=random", NETWORK, "search.max_trials=6")
    seen = play(limited, lambda values: None if values["dropout"] == 0.4 and values["width"] < 1 else sizes(values))
    assert len(seen) == 6
    assert not limited.fault


def test_three_failures_in_a_row_are_a_fault(oracle, play):
    limited = oracle("search=random", "search.max_trials=9")
    assert len(play(limited, lambda values: None)) == 3
    assert "bad shape" in limited.fault


def test_the_trial_of_a_worker_that_is_gone_goes_to_the_next(oracle):
    limited = oracle("search=random", NETWORK)
    trial = limited.create_trial("worker-0")
    assert limited.reassign("worker-0") == trial.trial_id
    assert limited.reassign("worker-0") is None
    assert limited.create_trial("worker-1").trial_id == trial.trial_id
    assert limited.tuner_ids == {"worker-1"}


def test_a_trial_that_two_workers_end_is_counted_once(oracle):
    limited = oracle("search=random", NETWORK)
    slow = limited.create_trial("worker-0")
    limited.reassign("worker-0")
    fast = limited.create_trial("worker-1")
    for trial in (slow, fast):
        limited.update_trial(trial.trial_id, {"val_accuracy": 0.5})
        trial.status = "COMPLETED"
        limited.end_trial(trial)
    assert limited.end_order == [slow.trial_id]
    assert not limited.ongoing_trials


def test_the_reason_of_a_failure_is_looked_up_if_the_worker_did_not_send_it(oracle, play):
    reasons = {"failure_reason": lambda trial_id: f"the cause of {trial_id}"}
    limited = oracle("search=random", "search.max_trials=9", **reasons)
    for _ in range(3):
        trial = limited.create_trial("worker-0")
        trial.status = "FAILED"
        limited.end_trial(trial)
    assert limited.fault == "the cause of 2"


def test_several_workers_share_a_grid(oracle):
    limited = oracle("search=grid", NETWORK)
    values = [limited.create_trial(f"worker-{number}").hyperparameters.values for number in range(4)]
    assert len({tuple(sorted(found.items())) for found in values}) == 4


def test_values_that_are_possible_alone_but_not_together_are_skipped(oracle, play, sizes, tune, dataset):
    from pipeline.search.limits import CostLimits

    options = ["search.space.widths=null", "+search.space.values.s={key:recipe.schedule,choices:[cosine,one_cycle]}"]
    options += ["+search.space.values.w={key:recipe.warmup_epochs,choices:[1,0]}"]
    options += ["search.space.values.dropout.choices=[0.4]", "search.max_trials=9"]
    limited = oracle("search=grid", *options, exceeded=CostLimits(tune(*options), dataset.info.shape, 3).exceeded)
    seen = play(limited, lambda values: 0.5)
    assert ("one_cycle", 0) not in {(values["s"], values["w"]) for values in seen}
    assert (len(seen), limited.skipped) == (3, 1)


def test_a_switch_can_be_searched(oracle, play, tune):
    from pipeline.search.space import apply_values

    switch = "+search.space.values.flip={key:recipe.augment.flip,choices:[true,false]}"
    options = ("search=grid", "search.space.widths=null", "search.space.values.dropout.choices=[0.4]", switch)
    seen = play(oracle(*options), lambda values: 0.5)
    assert [apply_values(tune(*options), values).recipe.augment.flip for values in seen] == [False, True]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{key:recipe.learning_rate,low:0.1,high:0.2}", r"from 0\.1 to 0\.2 and excludes .*learning_rate=0\.005"),
        ("{key:recipe.optimizer,low:0.1,high:0.2}", "recipe.optimizer is not a number; give choices"),
        ("{key:recipe.optimizer,choices:[sgd,1]}", "recipe.optimizer must be one of"),
        ("{key:recipe.optimizer,choices:[sgd,adma]}", "recipe.optimizer must be one of"),
        ("{key:recipe.label_smoothing,choices:[0.1,1.5]}", "less than 1"),
    ],
)
def test_an_impossible_space_is_refused(oracle, value, expected):
    with pytest.raises(PipelineError, match=expected):
        oracle(f"+search.space.values.odd={value}")
