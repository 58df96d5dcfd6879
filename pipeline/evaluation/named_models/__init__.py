"""Evaluated models, found by what a user calls them."""
