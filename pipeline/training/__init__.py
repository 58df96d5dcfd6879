"""From prepared data and a network to trained weights."""
