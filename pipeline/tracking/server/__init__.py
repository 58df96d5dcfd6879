"""An MLflow server that does not answer: how long it is waited for, and what is said about it."""
