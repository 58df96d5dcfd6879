"""Predictions written as a table for people, CSV, JSON Lines or Parquet."""
