"""The answer to a request that is not served."""

import json

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import ErrorCode


class ServingError(MlflowException):
    """Why there is no prediction, in one sentence.

    MLflow's server writes the request's data into the message before it answers, so the sentence is kept beside it.

    Args:
        sentence: for whoever has asked.
        code: name of MLflow's error code, which decides the status.
    """

    def __init__(self, sentence: str, code: str = "INTERNAL_ERROR") -> None:
        super().__init__(sentence, error_code=ErrorCode.Value(code))
        self.sentence = sentence

    def serialize_as_json(self) -> str:
        """Return the body of the answer: error code and sentence."""
        return json.dumps({"error_code": self.error_code, "message": self.sentence})


class RequestError(ServingError):
    """A request that is wrong: status 400."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "INVALID_PARAMETER_VALUE")
