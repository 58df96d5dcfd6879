"""The training of a version, once more in a clean clone."""
