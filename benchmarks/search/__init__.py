"""How fast a search and its trials are."""
