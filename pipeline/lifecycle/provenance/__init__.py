"""Where a registered model comes from, and whether its files are still what was registered."""
