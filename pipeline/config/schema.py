"""Every key of params.yaml, with its type and range."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.config.model_schema import BLOCKS, SMALLEST, SMALLEST_WITH_HEADS, ModelConfig
from pipeline.config.recipe_schema import AugmentConfig, RecipeConfig
from pipeline.config.section import Fraction, Section, Seed, Shift

__all__ = [
    "BLOCKS", "AugmentConfig", "Config", "DataConfig", "EvaluationConfig", "GateConfig", "ModelConfig", "RecipeConfig",
    "Section", "SplitConfig", "TrackingConfig",
]  # fmt: skip

SPECIALS = re.compile(r"[/:]")  # MLflow refuses these in the names of registered models
ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
RESERVED_ALIAS = re.compile(r"latest|v\d+", re.IGNORECASE)


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
    shift: Shift
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
    overrides: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def mirrored_views_are_of_images_that_may_be_mirrored(self) -> Self:
        """Refuse to classify by mirror images what training never sees mirrored."""
        if self.model.views == "mirrored" and not self.recipe.augment.flip:
            raise ValueError(
                "model.views=mirrored needs a network that was trained on mirror images too: "
                "recipe.augment.flip=true, which follows data.mirror"
            )
        return self

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
