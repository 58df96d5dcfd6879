"""Keras Tuner's private interfaces that this project uses: a test names what a new version has dropped."""

import keras_tuner
import pytest

KINDS = {
    "Oracle": "RandomSearchOracle",
    "BayesianOptimizationOracle": "BayesianOptimizationOracle",
    "GridSearchOracle": "GridSearchOracle",
    "HyperbandOracle": "HyperbandOracle",
}


def owner(name):
    return keras_tuner.Tuner if name == "Tuner" else getattr(keras_tuner.oracles, KINDS[name])


def test_the_installed_keras_tuner_has_every_private_method():
    from pipeline.search.engine.keras_tuner_internals import USED

    gone = [f"{kind}.{name}" for kind, names in USED.items() for name in names if not hasattr(owner(kind), name)]
    assert not gone, f"keras-tuner {keras_tuner.__version__} has no {', '.join(gone)}: see keras_tuner_internals.py"


@pytest.mark.parametrize("kind", ["Oracle", "BayesianOptimizationOracle", "GridSearchOracle"])
def test_an_oracle_has_every_private_attribute(kind):
    from pipeline.search.engine.keras_tuner_internals import SET

    oracle = owner(kind)(objective=keras_tuner.Objective("val_loss", "min"), max_trials=1)
    gone = [name for name in SET["Oracle"] + SET.get(kind, ()) if not hasattr(oracle, name)]
    assert not gone, f"keras-tuner {keras_tuner.__version__}: {kind} has no {', '.join(gone)}"


def test_the_service_of_a_chief_is_where_it_was():
    from keras_tuner.src import config, protos
    from keras_tuner.src.distribute.oracle_chief import OracleServicer

    assert hasattr(config, "DEBUG")
    assert hasattr(protos.get_service_grpc(), "add_OracleServicer_to_server")
    assert hasattr(OracleServicer(None), "stop_triggered")
