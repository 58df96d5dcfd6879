"""One door to a trained model: photos in, class names and probabilities out.

Example:
    >>> from pipeline.inference import load_model
    >>> classifier = load_model("model.keras")  # doctest: +SKIP
    >>> classifier.predict(["cat.jpg", "dog.jpg"], top=2)  # doctest: +SKIP
"""

from pipeline.inference.loading import load_model
from pipeline.runtime.classifier import Classifier
from pipeline.runtime.prediction import Prediction

__all__ = ["Classifier", "Prediction", "load_model"]
