"""The network as an MLflow model: requests in, class names and probabilities out."""
