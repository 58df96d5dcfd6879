"""The keys of `recipe`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.config.section import Fraction, Section, Seed, Shift

OPTIMIZERS = (  # Keras's, by the names of their classes in lower case
    "sgd", "adam", "adamw", "nadam", "adamax", "adagrad", "adadelta", "adafactor", "rmsprop", "ftrl", "lion", "lamb",
    "muon",
)  # fmt: skip
WITH_NESTEROV = ("sgd", "muon")


class AugmentConfig(Section):
    """Random changes to training images; 0 or false leaves one out.

    In the order of their being made: `flip`: whether half of them are mirrored left to right; `shift`: how far an
    image may move, as a fraction of its sides (0.125 is the customary 4 of 32 pixels); `color`: how far brightness,
    contrast and saturation may go; `rand_augment`: strength of two operations drawn from eleven; `erase`: the
    fraction of images that lose a rectangle; `mixup`, `cutmix`: the alpha of the Beta distribution that weights a
    pair of images.
    """

    shift: Shift
    flip: bool
    color: Fraction
    rand_augment: Fraction
    erase: Fraction
    mixup: Fraction
    cutmix: Fraction


class RecipeConfig(Section):
    """How the network is trained."""

    name: str
    epochs: Annotated[int, Field(ge=1, le=10_000)]
    batch_size: Annotated[int, Field(ge=1, le=65_536)]
    accumulate: Annotated[int, Field(ge=1, le=1024)]
    optimizer: Literal[*OPTIMIZERS]  # type: ignore[valid-type]
    learning_rate: Annotated[float, Field(gt=0.0, le=10.0)]
    momentum: Annotated[float, Field(ge=0.0, lt=1.0)]
    nesterov: bool
    weight_decay: Annotated[float, Field(ge=0.0, le=1.0)]
    clip_norm: Annotated[float, Field(gt=0.0)] | None
    schedule: Literal["constant", "step", "polynomial", "cosine", "one_cycle"]
    warmup_epochs: Annotated[int, Field(ge=0)]
    step_epochs: Annotated[int, Field(ge=1)]
    step_factor: Annotated[float, Field(gt=0.0, le=1.0)]
    power: Annotated[float, Field(gt=0.0, le=10.0)]
    label_smoothing: Annotated[float, Field(ge=0.0, lt=1.0)]
    class_weights: Literal["none", "balanced"]
    ema_epochs: Annotated[float, Field(ge=0.0)]
    augment: AugmentConfig
    monitor: Literal["val_loss", "val_accuracy"]
    patience: Annotated[int, Field(ge=1)] | None
    precision: Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"]
    xla: Literal["auto", True, False]
    seed: Seed

    @model_validator(mode="after")
    def warm_up_fits(self) -> Self:
        """Refuse a warm-up as long as the training, and a one-cycle schedule without a climb."""
        if self.warmup_epochs >= self.epochs:
            raise ValueError(f"warmup_epochs ({self.warmup_epochs}) must be less than epochs ({self.epochs})")
        if self.schedule == "one_cycle" and not self.warmup_epochs:
            raise ValueError("schedule one_cycle climbs during the warm-up: warmup_epochs must be at least 1")
        return self

    @model_validator(mode="after")
    def nesterov_has_momentum(self) -> Self:
        """Refuse Nesterov's momentum where there is none."""
        if self.nesterov and (self.optimizer not in WITH_NESTEROV or not self.momentum):
            raise ValueError("nesterov needs optimizer sgd or muon and a momentum above 0")
        return self
