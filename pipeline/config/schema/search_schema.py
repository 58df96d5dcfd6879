"""The keys of `search`, which `python -m pipeline.tune` composes besides those of params.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.schema.section import Count, Section
from pipeline.config.schema.space_schema import SpaceConfig
from pipeline.config.schema.unread_values import unread_reason

TUNED, PREVIOUS, LATEST = "tuned", "tuned_previous", "tuned_latest"  # names of the files in conf/ that a search writes


class LimitsConfig(Section):
    """What no trial may exceed; null: no limit."""

    parameters: Annotated[Count | None, Field(description="Maximum number of parameters.")]
    multiply_adds: Annotated[Count | None, Field(description="Maximum multiply-adds for one image.")]
    relative: Annotated[
        Annotated[float, Field(gt=0.0)] | None,
        Field(description="Maximum multiply-adds, as a multiple of the configured network's."),
    ]
    latency_ms: Annotated[
        Annotated[float, Field(gt=0.0)] | None,
        Field(description="Maximum milliseconds for one image by the engine of predictions, measured on this machine."),
    ]


class RetrainConfig(Section):
    """Retraining of the best trials, beside the configured network."""

    top: Annotated[int, Field(ge=0, description="How many of the best trials are retrained; 0: none.")]
    seeds: Annotated[Count, Field(description="How many seeds each is retrained with.")]


class SearchConfig(Section):
    """How to search."""

    name: Annotated[str, Field(description="Name of the file in conf/search/.")]
    oracle: Annotated[Literal["random", "bayesian", "hyperband", "grid"], Field(description="Keras Tuner's algorithm.")]
    max_trials: Annotated[Count, Field(description="Maximum number of trials; a larger one later resumes the search.")]
    epochs: Annotated[Count | None, Field(description="Epochs of a trial; null: as many as the recipe has.")]
    images: Annotated[
        Count | None, Field(description="Training images of a trial, each class in proportion; null: all.")
    ]
    objective: Annotated[
        Literal["val_accuracy", "val_loss"],
        Field(description="Score of a trial: that of its best epoch. val_loss also ranks equal accuracies."),
    ]
    trade: Annotated[
        Annotated[float, Field(ge=0.0, le=100.0)] | None,
        Field(
            description="Points of val_accuracy (0.01 each) that a halving of the cost is worth: one score of the two; "
            "null: the score is the objective, and the cost decides between networks within one standard error."
        ),
    ]
    cost: Annotated[
        Literal["multiply_adds", "latency"],
        Field(
            description="What a network costs: multiply-adds, or milliseconds for one image by the engine of "
            "predictions, measured on this machine before the trial is trained."
        ),
    ]
    initial_points: Annotated[Count, Field(description="bayesian: random trials before the Gaussian process proposes.")]
    factor: Annotated[
        int,
        Field(ge=2, description="hyperband: one trial in this many continues in the next round."),
    ]
    seed: Annotated[int, Field(ge=0, lt=2**32 - 1, description="Seed of the search.")]
    workers: Annotated[Count, Field(description="Worker processes on this machine.")]
    silence_minutes: Annotated[
        float,
        Field(
            gt=0.0, description="A worker that reports no epoch for this long is abandoned; its trial goes to another."
        ),
    ]
    limits: LimitsConfig
    retrain: RetrainConfig
    space: SpaceConfig


class TuneConfig(Config):
    """All that `python -m pipeline.tune` composes."""

    search: SearchConfig

    @model_validator(mode="after")
    def scores_can_be_compared(self) -> Self:
        """Refuse an objective whose meaning a searched setting changes."""
        keys = {value.key for value in self.search.space.values.values()}
        if self.search.objective == "val_loss" and keys & {"recipe.label_smoothing", "recipe.class_weights"}:
            raise ValueError(
                "search.objective val_loss changes its meaning with label smoothing and class weights: "
                "search them by search.objective=val_accuracy"
            )
        return self

    @model_validator(mode="after")
    def a_trade_is_one_of_accuracy(self) -> Self:
        """Refuse to weigh a cost in points against a loss."""
        if self.search.trade is not None and self.search.objective == "val_loss":
            raise ValueError(
                "search.trade counts points of accuracy, and search.objective is val_loss: set "
                "search.objective=val_accuracy, or search.trade=null"
            )
        return self

    @model_validator(mode="after")
    def searched_values_are_read(self) -> Self:
        """Refuse a searched setting that nothing in a trial reads."""
        search = self.search
        fixed = "search.epochs" if search.epochs else "search=hyperband" if search.oracle == "hyperband" else None
        for name, value in search.space.values.items():
            if reason := unread_reason(self, search.space, value, fixed):
                raise ValueError(f"search.space.values.{name} searches {value.key}, which nothing reads: {reason}")
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
    def start_is_not_overwritten(self) -> Self:
        """Refuse to overwrite the network or recipe that the search starts from."""
        for group, chosen in (("model", self.model.name), ("recipe", self.recipe.name)):
            if chosen in (TUNED, PREVIOUS, LATEST):
                raise ValueError(
                    f"the search would overwrite conf/{group}/{chosen}.yaml, which it starts from: choose another "
                    f"{group}, or copy the file, give the copy its own name, and choose that"
                )
        return self

    @model_validator(mode="after")
    def networks_start_fresh(self) -> Self:
        """Refuse initial weights, which networks of other widths cannot take."""
        if self.model.init_from:
            raise ValueError(
                "a search trains networks of many widths from fresh weights: model.init_from=null model.freeze=null"
            )
        if self.model.ensemble:
            raise ValueError("a search compares single networks: model.ensemble=[]")
        return self

    def without_search(self) -> Config:
        """Return the settings without those of the search."""
        return Config.model_validate(self.model_dump(exclude={"search"}))
