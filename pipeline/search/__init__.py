"""From a space of networks to the one worth training."""
