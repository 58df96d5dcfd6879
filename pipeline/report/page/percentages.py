"""Probabilities on a page: as text, and as the width of a bar."""


def percent(probability: float) -> str:
    """Return a probability for people: one that is not certain never looks so."""
    if probability >= 0.9995:
        return ">99.9%"
    return "<0.1%" if probability < 0.0005 else f"{probability:.1%}"


def bar_width(probability: float) -> str:
    """Return the width of a probability's bar, in CSS."""
    return f"{100 * min(max(probability, 0.0), 1.0):.1f}%"
