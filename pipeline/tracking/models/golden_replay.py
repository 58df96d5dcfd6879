"""The golden batch sent through a logged model by each way in which others will use it."""

import http.client
import json
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import mlflow
import mlflow.pyfunc
import numpy as np
import uvicorn
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import scoring_server
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError, one_line
from pipeline.data.golden_batch import GoldenBatch
from pipeline.runtime.serving.request_images import COLUMN
from pipeline.tracking.metric_names import GOLDEN
from pipeline.tracking.models.logged_model import required_model_id

HOST = "127.0.0.1"
PATIENCE = 300  # seconds for an answer, however busy the machine


@dataclass(frozen=True)
class GoldenReplay:
    """The differences of a model's answers from the recorded ones.

    Attributes:
        engine: that answered, and the type in which it computes.
        differences: largest difference of a probability, by way in: `pyfunc`, `http`.
    """

    engine: str
    differences: dict[str, float]


def replay_golden(run_id: str, golden: GoldenBatch) -> GoldenReplay:
    """Send the golden batch through the model that a run has logged, and log the differences to the run.

    Args:
        run_id: of the training.
        golden: the images, and what must be answered.

    Raises:
        PipelineError: the run has logged no model, or the model does not answer.
    """
    model_id = required_model_id(run_id)
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        try:
            # MLflow decodes a path twice where it reads files in place, so those below a folder with % are copied first
            encoded = "%25" in mlflow.MlflowClient().get_logged_model(model_id).artifact_location
            model = mlflow.pyfunc.load_model(f"models:/{model_id}", dst_path=folder if encoded else None)
            answers = {"pyfunc": model.predict(golden.texts)["probabilities"].tolist()}
        except MlflowException as error:
            raise PipelineError(f"the model of MLflow run {run_id} does not answer: {one_line(error)}") from None
        with _server(model) as port:
            answers["http"] = [answer["probabilities"] for answer in _post(port, golden.texts)]
    classifier = model.get_raw_model()
    found = {way: golden.difference(_array(rows, classifier.classes)) for way, rows in answers.items()}
    mlflow.log_metrics({f"{GOLDEN}{way}": value for way, value in found.items()}, run_id=run_id)
    return GoldenReplay(classifier.engine.name, found)


def _array(rows: Sequence[dict[str, float]], classes: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[row[name] for name in classes] for row in rows])


@contextmanager
def _server(model: Any) -> Iterator[int]:
    """Serve the model with MLflow's server in a thread of this process; yield its port."""
    server = uvicorn.Server(uvicorn.Config(scoring_server.init(model), host=HOST, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise PipelineError(f"MLflow's server does not start on {HOST}, so the model cannot be checked")
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def _post(port: int, texts: Sequence[str]) -> Any:
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    body = json.dumps({"dataframe_split": {"columns": [COLUMN], "data": [[text] for text in texts]}})
    connection.request("POST", "/invocations", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    if response.status != HTTPStatus.OK:
        raise PipelineError(f"the served model answers with status {response.status}: {answer.decode()[:300]}")
    return json.loads(answer)["predictions"]
