"""The processes that `benchmarks.inference` measures in turns."""
