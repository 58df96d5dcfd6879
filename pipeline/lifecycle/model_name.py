"""How a registered model or one of its versions is named on the command line."""

import re
from dataclasses import dataclass

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable

REGISTRY = "models:/"
HELP = "NAME, NAME@ALIAS or NAME/3, with or without models:/ in front"
SHAPE = re.compile(r"(?P<name>[^/:@]*)(@(?P<alias>[^/:@]+)|/(?P<number>[0-9]{1,9}))?")


@dataclass(frozen=True)
class ModelName:
    """A registered model, and which of its versions: by alias, by number, or left open (both None)."""

    name: str
    alias: str | None = None
    number: int | None = None

    def __str__(self) -> str:
        """Return it as MLflow writes it, without `models:/`."""
        if self.alias is not None:
            return f"{self.name}@{self.alias}"
        return self.name if self.number is None else f"{self.name}/{self.number}"


def parse_model_name(text: str | None, default: str) -> ModelName:
    """Return what a text names.

    Args:
        text: `NAME`, `NAME@ALIAS` or `NAME/3`, with or without `models:/` in front; without NAME, `default` is meant.
        default: the project's registered name.

    Raises:
        PipelineError: it has another form.
    """
    match = SHAPE.fullmatch((text or "").removeprefix(REGISTRY))
    if match is None:
        raise PipelineError(f"{printable(text or '')!r} names no registered model; write {HELP}")
    number = match["number"]
    return ModelName(match["name"] or default, match["alias"], None if number is None else int(number))
