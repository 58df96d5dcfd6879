"""Searches on data small enough for a test."""

import numpy as np
import pytest

from pipeline.config.search_compose import compose_search

SMALL = ["data.height=16", "data.width=16", "model.width=0.125", "recipe.precision=float32", "recipe.batch_size=8"]
SMALL += ["recipe.epochs=2", "search.max_trials=3"]
SMALL += ["model.normalization=none", "recipe.optimizer=sgd"]  # half the time to trace


@pytest.fixture(scope="session")
def tune(root):
    """Compose a search."""

    def composed(*overrides):
        return compose_search(root, [*SMALL, *overrides])

    return composed


@pytest.fixture(scope="session")
def dataset(tune, tmp_path_factory):
    """45 of scikit-learn's digits, 0 to 2, dealt 24, 12, 9."""
    from PIL import Image
    from sklearn.datasets import load_digits

    from pipeline.data.dataset import Dataset
    from pipeline.data.record import Record
    from tests.packed_images import packed

    digits, records = load_digits(n_class=3), []
    for index in range(45):
        image = Image.fromarray((digits.images[index] * 15).astype("uint8"))
        split = ("train", "train", "train", "train", "test", "validation", "train", "train")[index % 8]
        records.append(Record(f"{index}", str(digits.target[index]), split, image.copy))
    folder = tmp_path_factory.mktemp("prepared")
    packed(records, tune().data, folder)
    return Dataset(folder)


@pytest.fixture
def play(keras):
    """Run an oracle's trials without training: `score` of the values, None for a failure."""

    def run(oracle, score, most=1000):
        seen = []
        for _ in range(most):
            trial = oracle.create_trial("tuner0")
            if trial.status == "STOPPED":
                break
            values = {k: v for k, v in trial.hyperparameters.values.items() if not k.startswith("tuner/")}
            seen.append(values)
            found = score(values)
            if found is None:
                trial.status, trial.message = "FAILED", "Traceback\nValueError: bad shape"
            else:
                oracle.update_trial(trial.trial_id, {"val_accuracy": float(found)})
                trial.status = "COMPLETED"
            oracle.end_trial(trial)
        return seen

    return run


@pytest.fixture
def oracle(tune, keras, tmp_path):
    """Build an oracle; those of one `name` share their folder."""

    def build(*overrides, name="one", exceeded=lambda values: None, **options):
        from pipeline.search.engine.oracles import build_oracle

        built = build_oracle(tune(*overrides), exceeded=exceeded, **options)
        built._set_project_dir(str(tmp_path), name)
        return built

    return build


@pytest.fixture
def sizes():
    return lambda values: float(np.mean([value for name, value in values.items() if name != "dropout"]))
