"""Addresses of stores: how they are resolved."""
