"""Runs with other runs under them: searches and cross-validations."""
