"""Checkpoints: what is in them, how they are kept whole, when they are saved."""
