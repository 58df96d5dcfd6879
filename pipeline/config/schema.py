"""Every key of params.yaml, with its type and range."""

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

BLOCKS = tuple(f"inception_{block}" for block in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"))
SMALLEST = {"imagenet": 32, "small": 16}  # pixels: what is left is at least 1×1 after the stem's and the pools' strides
SMALLEST_WITH_HEADS = {"imagenet": 65, "small": 17}  # pixels: 4a is at least 5×5, the side of the heads' average pool
OPTIMIZERS = (  # Keras's, by the names of their classes in lower case
    "sgd", "adam", "adamw", "nadam", "adamax", "adagrad", "adadelta", "adafactor", "rmsprop", "ftrl", "lion", "lamb",
    "muon",
)  # fmt: skip
SPECIALS = re.compile(r"[/:]")  # MLflow refuses these in the names of registered models
ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
RESERVED_ALIAS = re.compile(r"latest|v\d+", re.IGNORECASE)

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Filters = Annotated[list[Annotated[int, Field(ge=1, le=4096)]], Field(min_length=6, max_length=6)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


class Section(BaseModel):
    """A group of settings: no unknown keys, no silent conversions but int to float, no infinities."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SplitConfig(Section):
    """How images are dealt to train, validation and test."""

    method: Literal["stratified", "hash"]
    validation: Annotated[float, Field(gt=0.0, lt=1.0)]
    test: Annotated[float, Field(gt=0.0, lt=1.0)]
    seed: Seed

    @model_validator(mode="after")
    def leave_some_to_train(self) -> Self:
        """Refuse fractions that leave nothing to train on."""
        if self.validation + self.test >= 1.0:
            raise ValueError("validation and test together must be less than 1, or nothing is left to train on")
        return self


class DataConfig(Section):
    """Which images, at which size, split how."""

    name: str
    source: Literal["digits", "folder", "mnist", "fashion_mnist", "cifar10", "cifar100"]
    path: str | None
    depends_on: str | None
    height: Annotated[int, Field(ge=8, le=1024)]
    width: Annotated[int, Field(ge=8, le=1024)]
    channels: Literal[1, 3]
    resize: Literal["stretch", "crop", "pad"]
    mirror: bool
    split: SplitConfig

    @model_validator(mode="after")
    def folder_has_a_path(self) -> Self:
        """Refuse a folder source without a folder."""
        if self.source == "folder" and not self.path:
            raise ValueError("path must name your folder of images (data.path=/path/to/photos)")
        if self.depends_on is None:
            raise ValueError("depends_on must name a file or folder that DVC watches")
        if self.source == "folder" and str(self.path).startswith("~"):
            raise ValueError("path must be written out: '~' is not expanded")
        if self.source == "folder" and self.depends_on != self.path:
            raise ValueError("depends_on must be the path, or DVC would not notice new images; use data=folder")
        return self


class ModelConfig(Section):
    """The network: stem, normalisation, heads, the nine-by-six filter table, dropout, and where its weights start."""

    name: str
    stem: Literal["imagenet", "small"]
    normalization: Literal["none", "lrn", "batch"]
    normalization_momentum: Annotated[float, Field(gt=0.0, lt=1.0)] | None
    auxiliary_heads: Literal["none", "paper"]
    activation: Literal["relu", "leaky_relu", "elu", "gelu", "silu", "mish", "hard_silu"]
    width: Annotated[float, Field(gt=0.0, le=4.0)]
    dropout: Annotated[float, Field(ge=0.0, lt=1.0)]
    filters: dict[str, Filters]
    init_from: str | None
    freeze: Literal["stem", *BLOCKS] | None  # type: ignore[valid-type]

    @model_validator(mode="after")
    def nine_blocks(self) -> Self:
        """Refuse a table that has not exactly the paper's nine blocks."""
        if tuple(self.filters) != BLOCKS:
            raise ValueError(f"filters must have exactly the blocks {', '.join(BLOCKS)}, in this order")
        return self

    @model_validator(mode="after")
    def frozen_weights_come_from_somewhere(self) -> Self:
        """Refuse to freeze random weights."""
        if self.freeze and not self.init_from:
            raise ValueError("freeze needs init_from: blocks frozen at random weights learn nothing")
        return self


class AugmentConfig(Section):
    """Random changes to training images, in this order; 0 or false leaves one out.

    `shift`: how far an image may move, as a fraction of its sides (0.125 is the customary 4 of 32 pixels);
    `flip`: whether half of them are mirrored left to right; `color`: how far brightness, contrast and saturation
    may go; `rand_augment`: strength of two operations drawn from eleven; `erase`: the fraction of images that
    lose a rectangle; `mixup`, `cutmix`: the alpha of the Beta distribution that weights a pair of images.
    """

    shift: Annotated[float, Field(ge=0.0, lt=0.5)]
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
    def nesterov_is_sgd(self) -> Self:
        """Refuse Nesterov's momentum where there is none."""
        if self.nesterov and (self.optimizer != "sgd" or not self.momentum):
            raise ValueError("nesterov needs optimizer sgd and a momentum above 0")
        return self


class EvaluationConfig(Section):
    """What is measured on the test images."""

    name: str
    top_k: Annotated[int, Field(ge=1, le=1000)]
    batch_size: Annotated[int, Field(ge=1, le=65_536)]


class GateConfig(Section):
    """Floors on test metrics below which nothing is registered; None asks nothing."""

    name: str
    accuracy: Fraction | None
    top_k_accuracy: Fraction | None
    macro_f1: Fraction | None
    min_class_recall: Fraction | None


class TrackingConfig(Section):
    """Where runs are logged and under which names models are registered."""

    name: str
    uri: str | None
    experiment: Annotated[str, Field(min_length=1)]
    registered_model: Annotated[str, Field(min_length=1)]
    alias: str
    system_metrics: bool

    @model_validator(mode="after")
    def mlflow_takes_the_names(self) -> Self:
        """Refuse names that MLflow refuses."""
        if not ALIAS.fullmatch(self.alias) or RESERVED_ALIAS.fullmatch(self.alias):
            raise ValueError(
                f"alias cannot be {self.alias!r} (letters, digits, '-' and '_'; not 'latest' nor a 'v' with a number)"
            )
        if SPECIALS.search(self.registered_model):
            raise ValueError(f"registered_model must not contain '/' or ':', got {self.registered_model!r}")
        return self


class Config(Section):
    """params.yaml."""

    data: DataConfig
    model: ModelConfig
    recipe: RecipeConfig
    evaluation: EvaluationConfig
    gate: GateConfig
    tracking: TrackingConfig
    preset: str | None = None
    overrides: list[str] = []

    @model_validator(mode="after")
    def image_fits_the_stem(self) -> Self:
        """Refuse images that the strides would shrink to nothing."""
        smallest, side = SMALLEST[self.model.stem], min(self.data.height, self.data.width)
        if side < smallest:
            raise ValueError(
                f"data.height and data.width must be at least {smallest} for model.stem={self.model.stem}, got {side}"
            )
        smallest = SMALLEST_WITH_HEADS[self.model.stem]
        if self.model.auxiliary_heads != "none" and side < smallest:
            raise ValueError(
                f"data.height and data.width must be at least {smallest} for auxiliary heads behind "
                f"model.stem={self.model.stem}, got {side}; or set model.auxiliary_heads=none"
            )
        return self

    @model_validator(mode="after")
    def colours_are_there(self) -> Self:
        """Refuse operations on colours where there are none."""
        if self.recipe.augment.rand_augment and self.data.channels == 1:
            raise ValueError("recipe.augment.rand_augment needs images in colour: set it to 0, or data.channels=3")
        return self
