"""The keys of `model`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.config.schema.section import Section
from pipeline.topology.blocks import BLOCKS
from pipeline.topology.stems import STEMS

Filters = Annotated[list[Annotated[int, Field(ge=1, le=4096)]], Field(min_length=6, max_length=6)]


class ModelConfig(Section):
    """The network: its stem, filters, normalization and heads, and where its weights start."""

    name: Annotated[str, Field(description="Name of the file in conf/model/.")]
    stem: Annotated[
        Literal[*STEMS],  # type: ignore[valid-type]
        Field(description="; ".join(f"`{name}`: {stem.meaning}" for name, stem in STEMS.items()) + "."),
    ]
    normalization: Annotated[
        Literal["none", "lrn", "batch"],
        Field(
            description="`lrn`: local response normalization in the stem, as published; `batch`: batch normalization "
            "after each convolution."
        ),
    ]
    normalization_momentum: Annotated[
        Annotated[float, Field(gt=0.0, lt=1.0)] | None,
        Field(
            description="Momentum of batch normalization's moving averages; null: 0.9 to 0.99, by steps per epoch. "
            "Validation and the saved model do not use these averages."
        ),
    ]
    auxiliary_heads: Annotated[
        Literal["none", "paper"],
        Field(
            description="`paper`: two auxiliary classifiers, behind 4a and 4d, whose losses are added (times 0.3) in "
            "training; the saved model leaves them out."
        ),
    ]
    activation: Annotated[
        Literal["relu", "leaky_relu", "elu", "gelu", "silu", "mish", "hard_silu"],
        Field(description="Activation after each convolution, by its Keras name."),
    ]
    width: Annotated[
        float,
        Field(gt=0.0, le=4.0, description="Multiplies every number of filters; results are rounded to multiples of 8."),
    ]
    dropout: Annotated[float, Field(ge=0.0, lt=1.0, description="Dropout rate before the classifier.")]
    views: Annotated[
        Literal["one", "mirrored"],
        Field(
            description="`mirrored`: the saved model averages its predictions for an image and for its mirror image; "
            "a prediction takes twice the time, training does not."
        ),
    ] = "one"
    ensemble: Annotated[
        list[str],
        Field(
            description="More trained networks, as .keras files or models:/NAME@ALIAS; the saved model averages their "
            "predictions with its own."
        ),
    ] = Field(default_factory=list)
    filters: Annotated[
        dict[str, Filters],
        Field(
            description="For each inception block: 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection (Table 1 of "
            "arXiv:1409.4842)."
        ),
    ]
    init_from: Annotated[
        str | None,
        Field(
            description="Start from these trained weights: a .keras file or models:/NAME@ALIAS. A classifier for "
            "another number of classes starts with random weights."
        ),
    ]
    freeze: Annotated[
        Literal["stem", *BLOCKS] | None,  # type: ignore[valid-type]
        Field(description="Keep the weights from the input up to this block as they are; needs init_from."),
    ]

    @model_validator(mode="after")
    def nine_blocks(self) -> Self:
        """Refuse a table that has not exactly the paper's nine blocks."""
        if tuple(self.filters) != BLOCKS:
            raise ValueError(f"filters must have exactly the blocks {', '.join(BLOCKS)}, in this order")
        return self

    @model_validator(mode="after")
    def sources_survive_training(self) -> Self:
        """Refuse to start from a stage's output, or to average with one: DVC removes it before it trains."""
        sources = [("init_from", self.init_from or ""), *(("ensemble", member) for member in self.ensemble)]
        for key, source in sources:
            if source.removeprefix("./").startswith("outputs/"):
                raise ValueError(
                    f"{key} cannot be {source}: DVC removes outputs/ before it trains; "
                    "copy the file elsewhere, or name the registered model (models:/NAME@champion)"
                )
        return self

    @model_validator(mode="after")
    def frozen_weights_are_trained(self) -> Self:
        """Refuse to freeze random weights."""
        if self.freeze and not self.init_from:
            raise ValueError("freeze needs init_from: blocks frozen at random weights learn nothing")
        return self
