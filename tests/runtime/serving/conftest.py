"""The network with random weights, as MLflow loads it."""

import pytest

from pipeline.runtime.serving import mlflow_loader


@pytest.fixture(scope="session")
def served_model(model_file):
    return mlflow_loader._load_pyfunc(str(model_file.parent))
