"""The processes that `python -m benchmarks.speed` measures in turns."""
