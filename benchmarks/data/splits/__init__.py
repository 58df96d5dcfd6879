"""Benchmarks of how images are split."""
