"""Decoding of damaged files, and the search for near duplicates."""
