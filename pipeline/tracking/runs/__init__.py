"""MLflow runs of trainings and of searches."""
