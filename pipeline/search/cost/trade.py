"""One score of two: accuracy, and what a halving of the cost is worth (`search.trade`)."""

import math

from pipeline.config.schema.search_schema import TuneConfig

SCORE = "score"  # name of what trials are compared by if there is a trade
POINT = 0.01  # of accuracy


def score_name(config: TuneConfig) -> str:
    """Return what trials are compared by: the objective, or one score of it and the cost."""
    return config.search.objective if config.search.trade is None else SCORE


def cost_penalty(config: TuneConfig, relative: float) -> float:
    """Return what a network's cost takes from its accuracy in the score; 0 without `search.trade`.

    The score is accuracy - trade points · log2(cost / cost of the configured network).

    Args:
        config: the search.
        relative: cost of the network as a multiple of the configured network's.
    """
    return 0.0 if config.search.trade is None else POINT * config.search.trade * math.log2(relative)


def cost_name(config: TuneConfig) -> str:
    """Return `multiply-adds` or `latency`."""
    return config.search.cost.replace("_", "-")


def points_text(config: TuneConfig) -> str:
    """Return in words what a halving of the cost is worth; nothing without `search.trade`."""
    trade = config.search.trade
    if trade is None:
        return ""
    points = "1 point" if trade == 1 else f"{trade:g} points"
    return f"{points} for each halving of {cost_name(config)}"


def trade_text(config: TuneConfig, multiply_adds: int, latency_ms: float | None) -> str:
    """Return in words how accuracy and cost are weighed, if not as by default; else nothing.

    Args:
        config: the search.
        multiply_adds: of the configured network, whose score is its accuracy.
        latency_ms: of the configured network, if the cost is latency.
    """
    configured = f"{multiply_adds:,} multiply-adds" if latency_ms is None else f"{latency_ms:.3g} ms"
    if config.search.trade is not None:
        return f"{config.search.objective} plus {points_text(config)}; the configured network has {configured}"
    return "" if config.search.cost == "multiply_adds" else "the cost is latency"
