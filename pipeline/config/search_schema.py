"""The keys of `search`, which `python -m pipeline.tune` composes beside those of params.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.config.schema import Config
from pipeline.config.section import Section, Seed

TUNED = "tuned"  # the choice in conf/ that a search writes
Count = Annotated[int, Field(ge=1)]
Ratio = Annotated[float, Field(gt=0.0, le=4.0)]


class ValueConfig(Section):
    """One setting that is searched: either `choices`, or all from `low` to `high`, in steps or on a log scale."""

    key: str
    choices: Annotated[list[float | int | str | bool], Field(min_length=1)] | None = None
    low: float | None = None
    high: float | None = None
    step: Annotated[float, Field(gt=0.0)] | None = None
    log: bool = False

    @model_validator(mode="after")
    def one_way_of_saying_it(self) -> Self:
        """Refuse choices beside a range, half a range, and a range with nothing in it."""
        bounds = (self.low, self.high)
        if (self.choices is None) == (bounds == (None, None)):
            raise ValueError("it needs either choices, or low and high")
        if self.choices is not None:
            if self.step or self.log:
                raise ValueError("step and log go with low and high, not with choices")
            return self
        if self.low is None or self.high is None:
            raise ValueError("a range needs both low and high")
        if self.low >= self.high:
            raise ValueError(f"low ({self.low}) must be less than high ({self.high})")
        if self.log and (self.low <= 0 or self.step):
            raise ValueError("a range on a log scale begins above 0 and has no step")
        return self


class WidthsConfig(Section):
    """Which filters vary together (`per`), and by which ratios to the configured network's."""

    per: Literal["network", "block", "branch"]
    ratios: Annotated[list[Ratio], Field(min_length=1)]


class SpaceConfig(Section):
    """What is searched: widths of the network, and single settings by name."""

    name: str
    widths: WidthsConfig | None
    values: dict[str, ValueConfig]

    @model_validator(mode="after")
    def something_is_searched(self) -> Self:
        """Refuse a space with one point in it."""
        options = [len(set(value.choices)) for value in self.values.values() if value.choices is not None]
        ranges = len(self.values) - len(options)
        if not ranges and max(options, default=1) < 2 and (self.widths is None or len(set(self.widths.ratios)) < 2):
            raise ValueError("there is nothing to search: give widths.ratios or values more than one choice")
        return self


class LimitsConfig(Section):
    """What no trial may exceed; None asks nothing. `relative` is to the configured network's multiply-adds."""

    parameters: Count | None
    multiply_adds: Count | None
    relative: Annotated[float, Field(gt=0.0)] | None
    latency_ms: Annotated[float, Field(gt=0.0)] | None


class RetrainConfig(Section):
    """The `top` trials (0: none) are trained again with so many `seeds`, beside the configured network."""

    top: Annotated[int, Field(ge=0)]
    seeds: Count


class SearchConfig(Section):
    """How to search."""

    name: str
    oracle: Literal["random", "bayesian", "hyperband", "grid"]
    max_trials: Count
    epochs: Count | None
    images: Count | None
    objective: Literal["val_accuracy", "val_loss"]
    initial_points: Count
    factor: Annotated[int, Field(ge=2)]
    seed: Annotated[Seed, Field(lt=2**32 - 1)]
    workers: Count
    silence_minutes: Annotated[float, Field(gt=0.0)]
    limits: LimitsConfig
    retrain: RetrainConfig
    space: SpaceConfig


class TuneConfig(Config):
    """All that `python -m pipeline.tune` composes."""

    search: SearchConfig

    @model_validator(mode="after")
    def scores_can_be_compared(self) -> Self:
        """Refuse an objective that a searched setting changes the meaning of."""
        keys = {value.key for value in self.search.space.values.values()}
        if self.search.objective == "val_loss" and keys & {"recipe.label_smoothing", "recipe.class_weights"}:
            raise ValueError(
                "search.objective val_loss changes its meaning with label smoothing and class weights: "
                "search them by search.objective=val_accuracy"
            )
        return self

    @model_validator(mode="after")
    def epochs_cover_the_warm_up(self) -> Self:
        """Refuse trials that end before the warm-up."""
        epochs = self.search.epochs
        if epochs is not None and epochs <= self.recipe.warmup_epochs:
            raise ValueError(
                f"search.epochs ({epochs}) must be more than recipe.warmup_epochs ({self.recipe.warmup_epochs})"
            )
        return self

    @model_validator(mode="after")
    def begins_from_another_than_it_writes(self) -> Self:
        """Refuse to overwrite the network or recipe that the search begins from."""
        for group, chosen in (("model", self.model.name), ("recipe", self.recipe.name)):
            if chosen == TUNED:
                raise ValueError(
                    f"the search would overwrite conf/{group}/{TUNED}.yaml, which it begins from: choose another "
                    f"{group}, or copy the file, give the copy its own name, and choose that"
                )
        return self

    @model_validator(mode="after")
    def networks_start_fresh(self) -> Self:
        """Refuse weights that networks of other widths cannot take."""
        if self.model.init_from:
            raise ValueError(
                "a search trains networks of many widths from fresh weights: model.init_from=null model.freeze=null"
            )
        if self.model.ensemble:
            raise ValueError("a search compares single networks: model.ensemble=[]")
        return self

    def plain(self) -> Config:
        """Return the settings without the search."""
        return Config.model_validate(self.model_dump(exclude={"search"}))
