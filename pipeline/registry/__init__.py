"""What may be registered, and how it is."""
