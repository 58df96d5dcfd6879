"""Forms in which prepared images can lie on the disk."""
