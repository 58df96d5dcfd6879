"""The keys of `model`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.config.section import Section

BLOCKS = tuple(f"inception_{block}" for block in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"))
# pixels: what is left is at least 1×1 after the strides of the stem and of the pools
SMALLEST = {"imagenet": 32, "small": 16, "tiny": 8}
# pixels: 4a is at least 5×5, the side of the average pool of the heads
SMALLEST_WITH_HEADS = {"imagenet": 65, "small": 17, "tiny": 9}
Filters = Annotated[list[Annotated[int, Field(ge=1, le=4096)]], Field(min_length=6, max_length=6)]


class ModelConfig(Section):
    """The network: stem, normalisation, heads, the nine-by-six filter table, dropout, and where its weights start."""

    name: str
    stem: Literal["imagenet", "small", "tiny"]
    normalization: Literal["none", "lrn", "batch"]
    normalization_momentum: Annotated[float, Field(gt=0.0, lt=1.0)] | None
    auxiliary_heads: Literal["none", "paper"]
    activation: Literal["relu", "leaky_relu", "elu", "gelu", "silu", "mish", "hard_silu"]
    width: Annotated[float, Field(gt=0.0, le=4.0)]
    dropout: Annotated[float, Field(ge=0.0, lt=1.0)]
    views: Literal["one", "mirrored"]
    ensemble: list[str]
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
    def start_is_still_there(self) -> Self:
        """Refuse to start from an output of the pipeline, or to average with it: DVC removes it before it trains."""
        named = [("init_from", self.init_from or ""), *(("ensemble", member) for member in self.ensemble)]
        for key, source in named:
            if source.removeprefix("./").startswith("outputs/"):
                raise ValueError(
                    f"{key} cannot be {source}: DVC removes outputs/ before it trains; "
                    "copy the file elsewhere, or name the registered model (models:/NAME@candidate)"
                )
        return self

    @model_validator(mode="after")
    def frozen_weights_come_from_somewhere(self) -> Self:
        """Refuse to freeze random weights."""
        if self.freeze and not self.init_from:
            raise ValueError("freeze needs init_from: blocks frozen at random weights learn nothing")
        return self
