"""Colors for scores, from the lowest to the highest, on light and dark pages alike."""

STOPS = ((232, 131, 58), (190, 24, 93), (37, 99, 235))  # orange, crimson, blue


def scale_color(share: float) -> str:
    """Return the color of a place on the scale, such as `#e8833a`.

    Args:
        share: 0 for the worst score, 1 for the best.
    """
    place = min(max(share, 0.0), 1.0) * (len(STOPS) - 1)
    before = min(int(place), len(STOPS) - 2)
    parts = zip(STOPS[before], STOPS[before + 1], strict=True)
    return "#" + "".join(f"{round(start + (end - start) * (place - before)):02x}" for start, end in parts)


def scale_gradient() -> str:
    """Return the scale as a CSS gradient from left to right."""
    return f"linear-gradient(90deg, {', '.join(scale_color(number / 2) for number in range(3))})"
