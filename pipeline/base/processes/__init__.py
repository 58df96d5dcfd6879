"""Processes: how they are stopped, and whether they still run."""
