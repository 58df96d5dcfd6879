"""MLflow: the store, the runs of trainings and searches, logged and registered models."""
