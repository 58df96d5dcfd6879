"""MLflow: one run per training, continued by the stages after it."""
