"""Checks of the project's folder: settings, git, DVC, checkpoints, leftovers."""
