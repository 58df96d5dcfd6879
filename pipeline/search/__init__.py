"""From a space of networks to the one worth training: Keras Tuner's oracles, trials, workers."""
