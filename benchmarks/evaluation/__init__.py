"""How far the figures of an evaluation can be trusted."""
