"""Processes that decode images side by side, within a budget of memory."""
