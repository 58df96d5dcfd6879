"""Every key of params.yaml, with its type and range."""

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from pipeline.config.schema.data_schema import DataConfig
from pipeline.config.schema.gate_schema import GateConfig
from pipeline.config.schema.model_schema import ModelConfig
from pipeline.config.schema.recipe_schema import RecipeConfig
from pipeline.config.schema.section import Section
from pipeline.topology.stems import STEMS

RESERVED_CHARACTERS = re.compile(r"[/:]")  # MLflow refuses these in the names of registered models
ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
RESERVED_ALIAS = re.compile(r"latest|v\d+", re.IGNORECASE)


class EvaluationConfig(Section):
    """What is measured on the test images."""

    name: Annotated[str, Field(description="Name of the file in conf/evaluation/.")]
    top_k: Annotated[
        int,
        Field(ge=1, le=1000, description="k of top-k accuracy: the true class is among the k most probable."),
    ]
    batch_size: Annotated[int, Field(ge=1, le=65_536, description="Images per batch of predictions.")]
    training_images: Annotated[
        int | None,
        Field(
            ge=0,
            description="Training images to predict too, to look for wrong labels; those with the smallest digests; "
            "null: all.",
        ),
    ]
    robustness_images: Annotated[
        int | None,
        Field(
            ge=0,
            description="Test images to classify under noise, blur, brightness, JPEG compression and rotation; those "
            "with the smallest digests; null: all; 0: leave it out.",
        ),
    ]


class CheckpointConfig(Section):
    """How often a training saves its state; this changes nothing that it produces."""

    name: Annotated[str, Field(description="Name of the file in conf/checkpoint/.")] = "default"
    minutes: Annotated[
        float | None,
        Field(
            ge=0.0,
            le=10_080.0,
            description="Minutes between checkpoints within an epoch, from which an interrupted training resumes; 0 or "
            "null: only after each epoch.",
        ),
    ] = 5.0


class TrackingConfig(Section):
    """Where runs are logged and under which names models are registered."""

    name: Annotated[str, Field(description="Name of the file in conf/tracking/.")]
    uri: Annotated[
        str | None,
        Field(
            description="MLflow tracking URI, such as http://HOST:5000; null: the environment variable "
            "MLFLOW_TRACKING_URI, else mlflow.db in the project. A relative path (sqlite:///runs.db) starts at the "
            "project's folder."
        ),
    ]
    experiment: Annotated[str, Field(min_length=1, description="MLflow experiment; searches use EXPERIMENT-search.")]
    registered_model: Annotated[str, Field(min_length=1, description="Name of the registered model.")]
    alias: Annotated[str, Field(description="Alias of the version that passed the gate most recently.")]
    champion_alias: Annotated[
        str, Field(description="Alias of the version in use; gate.champion says which versions get it.")
    ]
    signing_key: Annotated[
        str | None,
        Field(
            description="File of a private key (PEM, elliptic curve) with which register signs a version's files; "
            "null: they are not signed. Keep it out of git."
        ),
    ] = None
    system_metrics: Annotated[bool, Field(description="Log use of CPU, memory and GPU while training.")]

    @model_validator(mode="after")
    def mlflow_accepts_the_names(self) -> Self:
        """Refuse names that MLflow refuses."""
        for key, alias in (("alias", self.alias), ("champion_alias", self.champion_alias)):
            if not ALIAS.fullmatch(alias) or RESERVED_ALIAS.fullmatch(alias):
                raise ValueError(
                    f"{key} cannot be {alias!r} (letters, digits, '-' and '_'; not 'latest' nor a 'v' with a number)"
                )
        if self.alias.lower() == self.champion_alias.lower():
            raise ValueError(f"alias and champion_alias must differ, both are {self.alias!r}")
        if RESERVED_CHARACTERS.search(self.registered_model):
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
    checkpoint: CheckpointConfig = Field(default_factory=CheckpointConfig)
    preset: Annotated[
        str | None, Field(description="The file in conf/experiment/ that was chosen; each writes its own name.")
    ] = None
    overrides: Annotated[
        list[str], Field(description="What was set besides conf/, in Hydra's grammar; written by composition.")
    ] = Field(default_factory=list)

    @model_validator(mode="after")
    def mirrored_views_need_mirrored_training(self) -> Self:
        """Refuse to classify mirror images with a network that never saw any in training."""
        if self.model.views == "mirrored" and not self.recipe.augment.flip:
            raise ValueError(
                "model.views=mirrored needs a network that was trained on mirror images too: "
                "recipe.augment.flip=true, which follows data.mirror"
            )
        return self

    @model_validator(mode="after")
    def image_fits_the_stem(self) -> Self:
        """Refuse images that the network's strides would shrink too far."""
        stem, side = STEMS[self.model.stem], min(self.data.height, self.data.width)
        if side < stem.smallest:
            raise ValueError(
                f"data.height and data.width must be at least {stem.smallest} for model.stem={self.model.stem}, "
                f"got {side}"
            )
        if self.model.auxiliary_heads != "none" and side < stem.smallest_with_heads:
            raise ValueError(
                f"data.height and data.width must be at least {stem.smallest_with_heads} for auxiliary heads behind "
                f"model.stem={self.model.stem}, got {side}; or set model.auxiliary_heads=none"
            )
        return self

    @model_validator(mode="after")
    def color_operations_have_colors(self) -> Self:
        """Refuse operations on colors for gray images."""
        if self.recipe.augment.rand_augment and self.data.channels == 1:
            raise ValueError("recipe.augment.rand_augment needs images in color: set it to 0, or data.channels=3")
        return self
