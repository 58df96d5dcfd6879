"""The figures of `python -m benchmarks.serving` in Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.serving.http_load import LoadResult
from benchmarks.worker import Measurement
from pipeline.base.markdown import markdown_table

TARGET = 0.8  # of the bare engine's images per second, with several clients


@dataclass(frozen=True)
class ServingRound:
    """What was measured in turn.

    Attributes:
        bare: OpenVINO alone on decoded images.
        alone: one client.
        together: several clients.
    """

    bare: Measurement
    alone: LoadResult
    together: LoadResult

    @property
    def ratio(self) -> float:
        """Requests per second of several clients, divided by the bare engine's images per second."""
        return self.together.rate / self.bare.rate


def render_serving(side: int, clients: int, rounds: Sequence[ServingRound], notes: Sequence[str]) -> str:
    """Return the section of one network.

    Args:
        side: of its images, in pixels.
        clients: of the rounds with several.
        rounds: at least one.
        notes: sentences below the table.
    """
    rows = [
        ("bare OpenVINO, decoded images", _spread([each.bare.rate for each in rounds]), "", ""),
        ("1 client", *_load_cells([each.alone for each in rounds])),
        (f"{clients} clients", *_load_cells([each.together for each in rounds])),
    ]
    ratios = [each.ratio for each in rounds]
    return (
        f"### {side}×{side}\n\n"
        + markdown_table(("", "images/s", "p50 ms", "p99 ms"), rows, "lrrr")
        + f"\n- {clients} clients / bare engine: {median(ratios):.2f} ({min(ratios):.2f} – {max(ratios):.2f}), "
        f"target {TARGET}\n" + "".join(f"- {note}\n" for note in notes) + "\n"
    )


def memory_note(memory: Sequence[float], requests: int) -> str:
    """Return a sentence on the server's memory.

    Args:
        memory: in MiB: before, and after equal parts of the requests.
        requests: all together.
    """
    values = ", ".join(f"{value:.0f}" for value in memory)
    return f"memory of the server before and during {requests:,} requests, in equal parts: {values} MiB"


def _load_cells(results: Sequence[LoadResult]) -> tuple[str, str, str]:
    half, most = ([1000 * result.percentile(percent) for result in results] for percent in (50, 99))
    return _spread([result.rate for result in results]), _spread(half), _spread(most)


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.1f} ({min(values):.1f} – {max(values):.1f})"
