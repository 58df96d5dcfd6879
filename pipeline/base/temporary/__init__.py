"""Temporary files, and what killed processes leave of theirs."""
