"""The manifest of a version's files, and its signature."""
