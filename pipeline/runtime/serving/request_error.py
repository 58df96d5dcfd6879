"""The answer to a request that cannot be served."""

import json

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import ErrorCode


class RequestError(MlflowException):
    """A request that is wrong, in one sentence; MLflow's server answers it with status 400.

    The server writes the request's data into the message before it answers, so the sentence is kept beside it.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, error_code=ErrorCode.Value("INVALID_PARAMETER_VALUE"))
        self.sentence = sentence

    def serialize_as_json(self) -> str:
        """Return the body of the answer: error code and sentence."""
        return json.dumps({"error_code": self.error_code, "message": self.sentence})
