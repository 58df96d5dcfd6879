"""The sheet of predictions."""
