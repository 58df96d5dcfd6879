"""Do the oracles of a search beat random choice? A table of trained networks, and searches replayed on it."""
