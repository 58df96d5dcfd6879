"""What a trial may cost, computed before it is trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.base.errors import PipelineError
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.search.space import Values, apply_values, width_names
from pipeline.topology.planned_cost import planned_cost

VIEWS = {"one": 1, "mirrored": 2}  # predictions that the saved model makes for an image


@dataclass(frozen=True)
class CostLimits:
    """The limits of a search on images of one shape.

    Attributes:
        config: the search.
        shape: (height, width, channels).
        classes: number of classes.
    """

    config: TuneConfig
    shape: Sequence[int]
    classes: int

    def size(self, values: Values) -> tuple[int, int]:
        """Return parameters and multiply-adds of the network of a trial, without auxiliary heads."""
        return self.size_of(apply_values(self.config, values))

    def size_of(self, config: Config) -> tuple[int, int]:
        """Return parameters and multiply-adds of a configured network as it is saved: all views, no auxiliary heads."""
        model = config.model
        cost = planned_cost(
            self.shape, self.classes, model.filters, stem=model.stem, normalization=model.normalization,
            width=model.width,
        )  # fmt: skip
        return cost.parameters, cost.multiply_adds * VIEWS[model.views]

    @cached_property
    def configured_size(self) -> tuple[int, int]:
        """Parameters and multiply-adds of the configured network."""
        return self.size({})

    @cached_property
    def multiply_adds(self) -> int | None:
        """The limit on multiply-adds, or None."""
        limits = self.config.search.limits
        bounds = [limits.multiply_adds] if limits.multiply_adds else []
        if limits.relative:
            bounds.append(int(limits.relative * self.configured_size[1]))
        return min(bounds, default=None)

    def text(self) -> str:
        """Return the limits in words, as numbers that mean the same for every configured network; `none` without."""
        limits = self.config.search.limits
        found = {
            "parameters": limits.parameters, "multiply_adds": self.multiply_adds, "latency_ms": limits.latency_ms
        }  # fmt: skip
        return ", ".join(f"{name} {value}" for name, value in found.items() if value is not None) or "none"

    def exceeded(self, values: Values) -> str | None:
        """Return in words what limit the network of a trial exceeds, or None."""
        try:
            config = apply_values(self.config, values)
        except PipelineError as error:  # the values contradict each other
            return str(error)
        limits, (parameters, multiply_adds), most = (
            self.config.search.limits,
            self.size_of(config),
            self.multiply_adds,
        )
        if limits.parameters and parameters > limits.parameters:
            return f"{parameters:,} parameters are more than search.limits.parameters ({limits.parameters:,})"
        if most and multiply_adds > most:
            return f"{multiply_adds:,} multiply-adds are more than search.limits allows ({most:,})"
        if limits.latency_ms:
            from pipeline.search.cost.network_latency import network_latency_ms

            latency = network_latency_ms(config.model, self.shape, self.classes)
            if latency > limits.latency_ms:
                return f"{latency:.1f} ms for an image are more than search.limits.latency_ms ({limits.latency_ms:g})"
        return None

    def check_smallest(self) -> None:
        """Pass if at least the smallest network of the space is within the limits.

        Raises:
            PipelineError: not even that one is.
        """
        space = self.config.search.space
        smallest: dict[str, float] = {}
        if space.widths:
            least = min(space.widths.ratios)
            smallest = dict.fromkeys(width_names(space, list(self.config.model.filters)), least)
        for name, value in space.values.items():
            if value.key == "model.width":
                choices: list[Any] = [value.low] if value.choices is None else list(value.choices)
                smallest[name] = min(choices)
        if excess := self.exceeded(smallest):
            raise PipelineError(f"not even the smallest network of search.space is within the limits: {excess}")
