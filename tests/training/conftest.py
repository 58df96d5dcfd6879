"""A data set small enough to train on in a test."""

from types import SimpleNamespace

import pytest
from PIL import Image

from pipeline.config.compose import compose
from pipeline.config.parse import parse_config
from pipeline.topology.blocks import PAPER_FILTERS

TINY = ["data.height=16", "data.width=16", "model.width=0.125", "recipe.precision=float32"]
TINY += ["recipe.epochs=3", "recipe.batch_size=8", "recipe.augment.flip=true"]
FEW_BLOCKS = {name: list(PAPER_FILTERS[name]) for name in ("inception_3a", "inception_4a", "inception_5b")}


@pytest.fixture(scope="session")
def tiny(root):
    """Settings of a sliver of the network at 16 pixels, three epochs."""
    config = parse_config(compose(root, TINY), "conf/")
    return config.model_copy(update={"model": config.model.model_copy(update={"filters": FEW_BLOCKS})})


@pytest.fixture(scope="session")
def few_blocks():
    """The filters of three of the nine blocks: a third of the time to trace, for what holds for any number of them."""
    return FEW_BLOCKS


@pytest.fixture
def recipe(tiny):
    def make(**changed):
        return type(tiny.recipe).model_validate(tiny.recipe.model_dump() | {"epochs": 4} | changed)

    return make


@pytest.fixture(scope="session")
def dataset(tiny, tmp_path_factory):
    """60 of scikit-learn's digits, 0 to 2, dealt 42, 9, 9."""
    from sklearn.datasets import load_digits

    from pipeline.data.dataset import Dataset
    from pipeline.data.record import Record
    from tests.packed_images import packed

    digits, records = load_digits(n_class=3), []
    for index in range(60):
        image = Image.fromarray((digits.images[index] * 15).astype("uint8"))
        split = "test" if index % 20 < 3 else "validation" if index % 20 < 6 else "train"
        records.append(Record(f"{index}", str(digits.target[index]), split, image.copy))
    folder = tmp_path_factory.mktemp("prepared")
    packed(records, tiny.data, folder)
    return Dataset(folder)


@pytest.fixture
def small_model(keras):
    """A network of three layers with an optimizer that has taken one step."""
    import numpy as np

    def make(seed=0):
        keras.utils.set_random_seed(seed)
        layers = [keras.layers.Dense(4), keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)]
        model = keras.Sequential([keras.Input((3,)), *layers, keras.layers.Dense(2)])
        model.compile(keras.optimizers.Adam(0.01), "mse")
        model.train_on_batch(np.linspace(-1, 1, 24).reshape(8, 3), np.ones((8, 2)))
        return model

    return make


@pytest.fixture
def values():
    """Every variable of a model and its optimizer as arrays."""
    import numpy as np

    return lambda model: [np.asarray(item) for item in [*model.variables, *model.optimizer.variables]]


@pytest.fixture
def fit_with(dataset, tiny):
    """Fit with the tiny settings, some of the recipe's changed."""
    from pipeline.training.fit import fit

    def run(checkpoints, listener=lambda metrics: None, network=None, start=None, times=None, **changed):
        recipe = type(tiny.recipe).model_validate(tiny.recipe.model_dump() | changed)
        model = tiny.model.model_copy(update=network or {})
        fitted = fit(dataset, model, recipe, checkpoints, listener, start, times=times)
        return SimpleNamespace(fitted=fitted, last=[item.copy() for item in fitted.model.get_weights()])

    return run
