"""How many processor cores there are to use."""

import os


def usable_cores() -> int:
    """Return the number of cores that this process may run on, which `taskset` and schedulers can limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
