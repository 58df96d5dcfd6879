"""The benchmarks behind the figures in README.md and docs/; `python -m benchmarks` lists them."""

import sys

MOVED = {
    "adopt": "pipeline.adopt",
    "jax_training": "pipeline.train_jax",
    "fast_layers": "benchmarks.speed.fused_layers_speed",
    "step_profile": "benchmarks.speed.step_profile",
    "search_speed": "benchmarks.search.search_speed",
    "trial_times": "benchmarks.search.trial_times",
}


def moved_command(arguments: list[str]) -> str | None:
    """Return the sentence that names the new command, if `arguments` of Python start one that has moved.

    Args:
        arguments: as in `sys.orig_argv`.
    """
    module = arguments[arguments.index("-m") + 1].removeprefix("benchmarks.") if "-m" in arguments[:-1] else ""
    if module in MOVED:
        return f"error: benchmarks.{module} has moved; type: python -m {MOVED[module]}"
    return None


if message := moved_command(sys.orig_argv):
    sys.exit(message)
