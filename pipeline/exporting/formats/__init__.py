"""The file formats: how each is written, and what runs it."""
