"""A store to log models to."""

import shutil

import mlflow
import pytest

from pipeline.tracking.runs.training_run import active_run
from tests.faulty_proxy import faulty_proxy
from tests.mlflow_server import running_server


@pytest.fixture(scope="module")
def store(tmp_path_factory, empty_store):
    """The address of a store with an experiment that keeps its files beside it."""
    folder = tmp_path_factory.mktemp("store")
    shutil.copy(empty_store, folder)
    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    mlflow.create_experiment("models", artifact_location=(folder / "artifacts").as_uri())
    return f"sqlite:///{folder}/mlflow.db"


@pytest.fixture
def run_id(store):
    mlflow.set_tracking_uri(store)
    experiment = mlflow.get_experiment_by_name("models").experiment_id
    run = mlflow.MlflowClient().create_run(experiment).info.run_id
    with active_run(run):
        yield run


@pytest.fixture(scope="session")
def server(tmp_path_factory, empty_store):
    """A real MLflow server, which several modules share."""
    with running_server(tmp_path_factory.mktemp("server"), empty_store) as live:
        yield live


@pytest.fixture
def proxy(server):
    """A proxy before the server, without a fault."""
    with faulty_proxy(server.port) as proxy:
        yield proxy
