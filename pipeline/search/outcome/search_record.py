"""What names a search and its recommendations, kept beside its state: a trial can be taken from it later."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pipeline.base.digests import SHORT
from pipeline.base.errors import PipelineError
from pipeline.base.files import read_whole_json, write_json
from pipeline.config.parse import parse_settings
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.config.search_compose import COMMAND
from pipeline.search.cost.trade import cost_penalty, score_name, trade_text
from pipeline.search.limits import CostLimits
from pipeline.search.outcome.candidates import Candidate, candidate_line

if TYPE_CHECKING:
    from pipeline.search.search_loop import Search

FILE = "search.json"
FACTS = {"run", "settings", "arguments", "shape", "classes", "data"}


@dataclass(frozen=True)
class SearchRecord:
    """A search as its state knows it.

    Attributes:
        folder: of its state, named by its key.
        run: id of its MLflow run.
        config: the search.
        shape: (height, width, channels) of its images.
        classes: number of their classes.
        data: name and digest of the images.
        arguments: with which it was started.
    """

    folder: Path
    run: str
    config: TuneConfig
    shape: tuple[int, int, int]
    classes: int
    data: str
    arguments: Sequence[str] = ()

    @classmethod
    def of(cls, search: "Search", run_id: str, arguments: Sequence[str] = ()) -> Self:
        """Return the record of a search."""
        info = search.dataset.info
        height, width, channels = info.shape
        data = f"{info.name}, digest {info.digest[:SHORT]}"
        return cls(search.folder, run_id, search.config, (height, width, channels), len(info.classes), data, arguments)

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Return what `save` wrote into the folder of a search; None if it is damaged, or of another version."""
        found: Any = read_whole_json(folder / FILE)
        if not isinstance(found, dict) or set(found) != FACTS:
            return None
        try:
            config = parse_settings(TuneConfig, found["settings"], "a search")
        except PipelineError:
            return None
        return cls(
            folder, found["run"], config, tuple(found["shape"]), found["classes"], found["data"], found["arguments"]
        )

    def save(self) -> None:
        """Write the record into the folder of the search."""
        settings = self.config.model_dump(mode="json")
        facts: dict[str, Any] = {"shape": list(self.shape), "classes": self.classes, "data": self.data}
        facts |= {"run": self.run, "settings": settings, "arguments": list(self.arguments)}
        write_json(self.folder / FILE, facts)

    @property
    def command(self) -> str:
        """What started it."""
        return " ".join([COMMAND, *map(shlex.quote, self.arguments)])

    @cached_property
    def limits(self) -> CostLimits:
        """What no trial of the search may exceed."""
        return CostLimits(self.config, self.shape, self.classes)

    def origin(self, candidate: Candidate, *, retrained: bool) -> dict[str, str]:
        """Return where a network comes from, for the comment at the top of its file.

        Args:
            candidate: the network.
            retrained: whether it was: then its scores say how often.
        """
        score, name = candidate.score, score_name(self.config)
        penalty = cost_penalty(self.config, candidate.cost.relative)
        accuracy = f", {self.config.search.objective} {(score or 0.0) + penalty:.4f}" if penalty else ""
        weighed = trade_text(self.config, self.limits.configured_size[1], candidate.cost.configured_latency_ms)
        return {
            "search": self.folder.name,
            "run": self.run,
            "trial": candidate.trial,
            "score": "none" if score is None else f"{name} {score:.4f} in its trial{accuracy}",
            "retrained": candidate_line(candidate, self.config) if retrained else "no",
            "limits": self.limits.text(),
            **({"weighed": weighed} if weighed else {}),
            "data": self.data,
        }


def all_records(searches: Path) -> list[SearchRecord]:
    """Return the records of all searches, the one that was started last first.

    Args:
        searches: the folder of all searches.
    """
    files = sorted(searches.glob(f"*/{FILE}"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [record for file in files if (record := SearchRecord.load(file.parent))]
