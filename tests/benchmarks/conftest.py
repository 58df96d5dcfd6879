"""Benchmarks are not installed: this makes them importable from the clone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
