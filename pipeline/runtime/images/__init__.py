"""Images of any kind, and the pixels that a network takes."""
