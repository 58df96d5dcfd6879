"""What begins a new search, and what does not; and known results of earlier ones."""

import pytest

from pipeline.config.schema import model_schema
from pipeline.topology.blocks import BLOCKS

FEW = ("inception_3a", "inception_4a", "inception_5b")
WITHOUT_OTHERS = [f"~model.filters.{block}" for block in BLOCKS if block not in FEW]


@pytest.fixture(scope="module")
def key(tune, keras):
    from pipeline.search.search_key import search_key

    return lambda *overrides: search_key(tune(*overrides), "data")


UNREAD = ["model.name=other", "recipe.name=other", "search.name=other", "search.space.name=other", "search.workers=2"]
UNREAD += ["search.max_trials=9", "search.retrain.top=1", "search.initial_points=3", "search.factor=2"]


READ = ["search.seed=1", "model.dropout=0.1", "search.space.widths.ratios=[0.5,1.0]", "search.limits.relative=0.5"]
READ += ["search.trade=1", "search.trade=2", "search.cost=latency"]


def test_what_cannot_change_a_score_does_not_begin_a_new_search(key):
    assert key("search=random", *UNREAD) == key("search=random")


def test_what_can_change_a_score_begins_a_new_search(key):
    keys = [key("search=random"), *(key("search=random", override) for override in READ)]
    keys += [key("search=bayesian"), key("search=bayesian", UNREAD[-2])]
    keys += [key("search=hyperband"), key("search=hyperband", UNREAD[-1])]
    assert len(set(keys)) == len(keys)


def test_one_more_choice_begins_a_search_that_takes_over_what_is_known(
    tune, key, dataset, keras, tmp_path, monkeypatch
):
    from pipeline.search.known_results import KnownResults
    from pipeline.search.space import apply_values
    from pipeline.search.trial import train_trial
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    monkeypatch.setattr(model_schema, "BLOCKS", FEW)  # a third of the time to trace
    known, values = KnownResults(tmp_path), {"dropout": 0.2}

    def trained(*overrides, listener=lambda metrics: None):
        store = CheckpointStore(tmp_path, "trial")
        config = apply_values(tune("search=random", *WITHOUT_OTHERS, *overrides), values)
        return store, train_trial(dataset, config, "val_accuracy", store, listener, known=known)

    store, first = trained()
    assert (known.taken, store.folder.is_dir()) == (0, True)
    store.clear()
    more, epochs = "search.space.values.dropout.choices=[0.1,0.2,0.35]", []
    assert key("search=random", *WITHOUT_OTHERS, more) != key("search=random", *WITHOUT_OTHERS)
    store, again = trained(more, listener=lambda metrics: epochs.append(metrics["epoch"]))
    assert (known.taken, store.folder.is_dir()) == (1, False)
    assert (again.history, again.best) == (list(first.history), first.best)
    assert epochs == [1, 2]  # which are recorded in the new search too


def test_a_known_result_is_that_of_the_same_training(tune, keras):
    from pipeline.search.search_key import trial_key
    from pipeline.search.space import apply_values

    configs = [apply_values(tune(*overrides), {}) for overrides in ([], ["recipe.seed=5"], ["model.width=0.25"])]
    keys = [trial_key(config, "data", "val_accuracy", None) for config in configs]
    keys += [trial_key(configs[0], *facts) for facts in (("other", "val_accuracy", None), ("data", "val_loss", None))]
    assert len({*keys, trial_key(configs[0], "data", "val_accuracy", 1)}) == 6
