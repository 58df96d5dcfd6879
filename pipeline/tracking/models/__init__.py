"""MLflow models: logged, registered, or named by a setting as a source of weights."""
