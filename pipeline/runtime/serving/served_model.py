"""The network as MLflow calls it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..classifier import Classifier, worker_count
from ..pipeline_error import PipelineError
from ..prediction import Prediction
from .request_error import RequestError
from .request_images import request_images

ERRORS = ("raise", "coerce")
COLUMNS = ("predicted", "confidence", "probabilities")


class ServedModel:
    """What `mlflow.pyfunc.load_model` wraps; several threads may call it at once.

    Args:
        classifier: the network.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier

    def predict(self, model_input: Any, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Return a row per image: predicted, confidence, probabilities (class name to probability, best first).

        Args:
            model_input: images as `request_images` takes them.
            params: `top`, how many classes to name (0: all); `errors`, as in pandas: with `raise` an image that cannot
                be read fails the request, with `coerce` its row has missing values and the reason in a column `error`.

        Raises:
            RequestError: there is no image, one cannot be read, or a parameter is wrong.
        """
        top, errors = _checked(params or {}, len(self._classifier.classes))
        try:
            images = list(request_images(model_input))
        except PipelineError as error:
            raise RequestError(str(error)) from None
        if not images:
            raise RequestError("the request has no image")
        rows = []
        for prediction in self._classifier.stream(images, worker_count(len(images))):
            if prediction.error and errors == "raise":
                raise RequestError(f"{prediction.name} cannot be read: {prediction.error}")
            rows.append(self._row(prediction, top))
        if errors == "raise":
            return pd.DataFrame(rows, columns=COLUMNS)
        return pd.DataFrame(rows, columns=[*COLUMNS, "error"], dtype=object)  # with None, since JSON has no NaN

    def get_raw_model(self) -> Classifier:
        """Return the classifier: MLflow's own way to what it wraps."""
        return self._classifier

    def _row(self, prediction: Prediction, top: int) -> dict[str, Any]:
        best = {self._classifier.classes[index]: value for index, value in prediction.best(top)}
        predicted, confidence = next(iter(best.items()), (None, None))
        return {
            "predicted": predicted,
            "confidence": confidence,
            "probabilities": best or None,
            "error": prediction.error or None,
        }


def _checked(params: Mapping[str, Any], classes: int) -> tuple[int, str]:
    top, errors = params.get("top", 0), params.get("errors", "raise")
    if top < 0:
        raise RequestError(f"params: top must be 0 (all classes) or more, got {top}")
    if errors not in ERRORS:
        raise RequestError(f"params: errors must be {' or '.join(ERRORS)}, got {errors!r}")
    return int(top) or classes, errors
