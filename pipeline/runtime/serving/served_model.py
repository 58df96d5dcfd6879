"""The network as MLflow calls it."""

import logging
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from typing import Any

import pandas as pd

from ..classifier import Classifier, worker_count
from ..engine.cores import usable_cores
from ..images.image_inputs import NamedImage
from ..pipeline_error import PipelineError
from ..prediction import Prediction
from .request_error import RequestError, ServingError
from .request_images import request_images

ERRORS = ("raise", "coerce")
_logger = logging.getLogger(__name__)


class ServedModel:
    """What `mlflow.pyfunc.load_model` wraps; several threads may call it at once.

    Args:
        classifier: the network.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._requests = 0  # that are being answered
        self._counting = threading.Lock()

    def predict(self, model_input: Any, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Return a row per image: predicted, confidence, probabilities (class name to probability, best first).

        Args:
            model_input: images as `request_images` takes them.
            params: `top`, how many classes to name (0: all); `errors`, as in pandas: with `raise` an image that cannot
                be read fails the request, with `coerce` its row has missing values, no probabilities,
                and the reason in a column `error`.

        Raises:
            RequestError: there is no image, one cannot be read, or a parameter is wrong.
            ServingError: the model has failed; the log says why.
        """
        top, errors = _checked(params or {}, len(self._classifier.classes))
        try:
            images = list(request_images(model_input))
            if not images:
                raise RequestError("the request has no image")
            return self._answer(images, top, errors)
        except PipelineError as error:
            raise RequestError(str(error)) from None
        except RequestError:
            raise
        except Exception:  # MLflow's server would call it the client's error
            _logger.exception("a request has failed")
            raise ServingError("the model has failed on this request; the server's log says why") from None

    def _answer(self, images: Sequence[NamedImage], top: int, errors: str) -> pd.DataFrame:
        predictions = []
        with closing(self._predictions(images)) as found:
            for prediction in found:
                if prediction.error and errors == "raise":
                    raise RequestError(f"{prediction.name} cannot be read: {prediction.error}")
                predictions.append(prediction)
        return self._table(predictions, top, with_errors=errors == "coerce")

    def get_raw_model(self) -> Classifier:
        """Return the classifier: MLflow's own way to what it wraps."""
        return self._classifier

    def _predictions(self, images: Sequence[NamedImage]) -> Generator[Prediction]:
        """Yield predictions: all cores work on the images of one request, or each core on those of another."""
        with self._counting:
            self._requests += 1
            alone = self._requests == 1
        try:
            workers = worker_count(len(images)) if alone else usable_cores()
            yield from self._classifier.stream(images, workers)
        finally:
            with self._counting:
                self._requests -= 1

    def _table(self, predictions: Sequence[Prediction], top: int, *, with_errors: bool) -> pd.DataFrame:
        classes = self._classifier.classes
        probabilities = [{classes[index]: value for index, value in each.best(top)} for each in predictions]
        best = [next(iter(each.items())) if each else (None, None) for each in probabilities]
        columns: dict[str, list[Any]] = {
            "predicted": [name for name, _ in best],
            "confidence": [value for _, value in best],
            "probabilities": probabilities,
        }
        if not with_errors:
            return pd.DataFrame(columns)
        errors = [each.error or None for each in predictions]
        return pd.DataFrame(columns | {"error": errors}, dtype=object)  # with None, since JSON has no NaN


def _checked(params: Mapping[str, Any], classes: int) -> tuple[int, str]:
    top, errors = params.get("top", 0), params.get("errors", "raise")
    if not isinstance(top, int) or top < 0:
        raise RequestError(f"params: top must be 0 (all classes) or more, got {top}")
    if errors not in ERRORS:
        raise RequestError(f"params: errors must be {' or '.join(ERRORS)}, got {errors!r}")
    return int(top) or classes, errors
