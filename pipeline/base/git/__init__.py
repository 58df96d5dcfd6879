"""Git, and what the project asks of it."""
