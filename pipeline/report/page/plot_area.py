"""Where values lie in a chart's SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.report.page.chart_axis import ChartAxis


@dataclass(frozen=True)
class PlotArea:
    """A rectangle in an SVG in which values are drawn; x to the right, y upwards.

    Attributes:
        left: x of its left side, in the SVG's units.
        top: y of its upper side.
        width: of it.
        height: of it.
        x_axis: of the values along x.
        y_axis: of the values along y.
    """

    left: float
    top: float
    width: float
    height: float
    x_axis: ChartAxis
    y_axis: ChartAxis

    @property
    def right(self) -> float:
        """X of the right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Y of the lower side."""
        return self.top + self.height

    def x(self, value: float) -> float:
        """Return where a value of the x axis lies; values outside lie at the area's side."""
        return round(self.left + self.width * _inside(self.x_axis, value), 1)

    def y(self, value: float) -> float:
        """Return where a value of the y axis lies; values outside lie at the area's side."""
        return round(self.bottom - self.height * _inside(self.y_axis, value), 1)

    def path(self, points: Sequence[tuple[float, float]]) -> str:
        """Return the `d` of an SVG path through points (x, y); where it leaves the area, the SVG has to cut it off."""
        places = zip(
            self.left + self.width * self.x_axis.places([x for x, _ in points]),
            self.bottom - self.height * self.y_axis.places([y for _, y in points]),
            strict=True,
        )
        return "M" + "L".join(f"{round(x, 1):g} {round(y, 1):g}" for x, y in places) if points else ""

    def x_ticks(self) -> list[tuple[float, str]]:
        """Return the places of round values on the x axis, and the values as text."""
        return [(round(self.left + self.width * place, 1), text) for place, text in self.x_axis.ticks()]

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return the places of round values on the y axis, and the values as text."""
        return [(round(self.bottom - self.height * place, 1), text) for place, text in self.y_axis.ticks()]


def share_axis(lowest: float = 0.0) -> ChartAxis:
    """Return an axis for shares that ends at 1 and begins at a tenth at or below `lowest`, 0.9 at most."""
    start = min(0.9, max(0.0, int(10 * lowest + 1e-9) / 10))
    return ChartAxis(start, 1.0, logarithmic=False, whole=False)


def _inside(axis: ChartAxis, value: float) -> float:
    return min(max(float(axis.places([value])[0]), 0.0), 1.0)
