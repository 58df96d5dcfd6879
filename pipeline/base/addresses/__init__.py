"""Addresses of stores: how they are resolved, and what is secret in them."""
