"""Keras Tuner's side of a search: oracles, the trial loop, chief and workers."""
