"""Checks of the MLflow store: the database or server, the runs and versions in it."""
