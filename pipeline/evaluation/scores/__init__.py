"""Figures of merit, computed from a predictions table."""
