"""The examples in the docstrings of the main classes and functions."""

import doctest

import pytest

from pipeline.config.search_compose import compose_search


class Recorder:
    """A recorder that keeps nothing."""

    def begin_trial(self, trial_id, values, size, kind="trial"):
        pass

    def log_epoch(self, trial_id, metrics):
        pass

    def end_trial(self, trial_id, status, reason, figures):
        pass

    def failure_reason(self, trial_id):
        return None


@pytest.fixture(scope="module")
def tune_config(root):
    """Return the settings of a search of one short trial."""
    small = ["model.width=0.125", "model.normalization=none", "recipe.optimizer=sgd", "recipe.precision=float32"]
    size = ["data.height=16", "data.width=16", "recipe.batch_size=8", "recipe.epochs=1", "recipe.warmup_epochs=0"]
    return compose_search(root, [*small, *size, "search=random", "search.max_trials=1"])


@pytest.fixture
def dataset(tune_config, tmp_path):
    """Return 24 training images of scikit-learn's digits 0 to 2, and some for validation and testing."""
    from PIL import Image
    from sklearn.datasets import load_digits

    from pipeline.data.dataset import Dataset
    from pipeline.data.record import Record
    from tests.packed_images import packed

    digits = load_digits(n_class=3)
    splits = ("train", "train", "validation", "test")
    records = [
        Record(
            str(i), str(digits.target[i]), splits[i % 4], Image.fromarray((digits.images[i] * 15).astype("uint8")).copy
        )
        for i in range(48)
    ]
    packed(records, tune_config.data, tmp_path)
    return Dataset(tmp_path)


def run_examples(documented, **names):
    """Run the examples of a docstring and return how many there were."""
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in doctest.DocTestFinder(recurse=False).find(documented, documented.__name__, globs=names):
        runner.run(test)
    assert runner.failures == 0
    return runner.tries


def test_googlenet(keras):
    from pipeline.model import googlenet

    assert run_examples(googlenet, googlenet=googlenet) > 0


def test_inception_module(keras):
    from pipeline.model import inception_module

    assert run_examples(inception_module, inception_module=inception_module) > 0


def test_the_loader(dataset):
    from pipeline.data.loader import TrainingBatches

    assert run_examples(TrainingBatches, TrainingBatches=TrainingBatches, dataset=dataset) > 0


def test_the_search(keras, tune_config, dataset, tmp_path):
    from pipeline.search.engine.oracles import build_oracle
    from pipeline.search.limits import CostLimits
    from pipeline.search.search_loop import Search

    names = {"Search": Search, "CostLimits": CostLimits, "build_oracle": build_oracle}
    names |= {"config": tune_config, "dataset": dataset, "recorder": Recorder(), "folder": tmp_path / "search"}
    assert run_examples(Search, **names) > 0
