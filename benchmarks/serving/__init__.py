"""The speed of a registered model behind `mlflow models serve`."""
