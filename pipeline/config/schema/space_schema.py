"""The keys of `search.space`: what a search varies."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.config.schema.section import Section

Ratio = Annotated[float, Field(gt=0.0, le=4.0)]
Scalar = float | int | str | bool
COLUMNS = (
    "trial", "status", "score", "val_accuracy", "parameters", "multiply_adds", "latency_ms", "epochs", "reason",
    "objective", "seed",
)  # fmt: skip
NAME = re.compile(r"[A-Za-z_][\w.-]*(?:[ /][\w-][\w.-]*)*")  # also the name of a parameter in MLflow
OWN = "tuner/"  # what the names of Keras Tuner's own values begin with


class ValueConfig(Section):
    """One setting that is searched: either `choices`, or a range from `low` to `high`."""

    key: Annotated[str, Field(description="The setting, such as model.dropout.")]
    choices: Annotated[
        Annotated[list[Scalar | None], Field(min_length=1)] | None, Field(description="Values to try.")
    ] = None
    low: Annotated[float | None, Field(description="Lower end of a range.")] = None
    high: Annotated[float | None, Field(description="Upper end of a range.")] = None
    step: Annotated[
        Annotated[float, Field(gt=0.0)] | None, Field(description="Distance between values of a range.")
    ] = None
    log: Annotated[bool, Field(description="Draw from the range on a logarithmic scale.")] = False
    parent_name: Annotated[
        str | None, Field(description="Search this only where another value of the space has one of parent_values.")
    ] = None
    parent_values: Annotated[
        Annotated[list[Scalar | None], Field(min_length=1)] | None,
        Field(description="Values of parent_name, as in Keras Tuner's conditional scopes."),
    ] = None
    otherwise: Annotated[
        Scalar | None,
        Field(description="With parent_name: the setting where it is not searched; null: the configured one."),
    ] = None

    @model_validator(mode="after")
    def choices_or_range(self) -> Self:
        """Refuse choices beside a range, half a range, and an empty range."""
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

    @model_validator(mode="after")
    def condition_is_whole(self) -> Self:
        """Refuse half a condition."""
        if (self.parent_name is None) != (self.parent_values is None):
            raise ValueError("a condition needs both parent_name and parent_values")
        if self.otherwise is not None and self.parent_name is None:
            raise ValueError("otherwise goes with parent_name and parent_values")
        return self

    def excludes(self, other: "ValueConfig") -> bool:
        """Return whether no trial searches both, by their conditions."""
        if self.parent_values is None or other.parent_values is None or self.parent_name != other.parent_name:
            return False
        return not any(value in other.parent_values for value in self.parent_values)


class WidthsConfig(Section):
    """Widths of the network as multiples of the configured filters."""

    per: Annotated[
        Literal["network", "block", "branch"],
        Field(description="What gets a ratio: the network, each inception block, or each of a block's convolutions."),
    ]
    ratios: Annotated[
        Annotated[list[Ratio], Field(min_length=1)],
        Field(description="Multiples to try; results are rounded to multiples of 8."),
    ]


class SpaceConfig(Section):
    """What is searched: widths of the network, and single settings by name."""

    name: Annotated[str, Field(description="Name of the file in conf/search/space/.")]
    widths: WidthsConfig | None
    values: Annotated[
        dict[str, ValueConfig],
        Field(description="Settings that are searched, by a name of your choice: key, and choices or low and high."),
    ]

    @model_validator(mode="after")
    def something_is_searched(self) -> Self:
        """Refuse a space with one point in it."""
        options = [len(set(value.choices)) for value in self.values.values() if value.choices is not None]
        ranges = len(self.values) - len(options)
        if not ranges and max(options, default=1) < 2 and (self.widths is None or len(set(self.widths.ratios)) < 2):
            raise ValueError("there is nothing to search: give widths.ratios or values more than one choice")
        return self

    @model_validator(mode="after")
    def names_can_be_columns(self) -> Self:
        """Refuse a name that a table of trials has already, or that MLflow refuses."""
        for name in self.values:
            if name in COLUMNS or name.startswith(OWN):
                raise ValueError(f"values.{name}: {name!r} is the name of a column of the trials' table; give another")
            if not NAME.fullmatch(name):
                raise ValueError(
                    f"values.{name}: a name begins with a letter or _, holds letters, digits, . - and _, and may have "
                    "single spaces or / between words"
                )
        return self

    @model_validator(mode="after")
    def one_name_for_each_key(self) -> Self:
        """Refuse two names for one key, unless their conditions keep them apart."""
        seen: dict[str, list[str]] = {}
        for name, value in self.values.items():
            for other in seen.setdefault(value.key, []):
                if not value.excludes(self.values[other]):
                    raise ValueError(
                        f"values.{other} and values.{name} both search {value.key}: leave one out, or give both the "
                        "same parent_name and other parent_values"
                    )
            seen[value.key].append(name)
        return self

    @model_validator(mode="after")
    def conditions_can_be_met(self) -> Self:
        """Refuse a parent that is not there, a circle of parents, and a parent that is a range."""
        for name, value in self.values.items():
            line, parent = [name], value.parent_name
            while parent is not None:
                if parent not in self.values:
                    raise ValueError(f"values.{line[-1]}: parent_name {parent!r} is not among the values")
                if parent in line:
                    raise ValueError(f"values.{name}: parent_name leads back to itself ({' → '.join([*line, parent])})")
                if self.values[parent].choices is None:
                    raise ValueError(f"values.{line[-1]}: its parent {parent!r} needs choices, not a range")
                line.append(parent)
                parent = self.values[parent].parent_name
        return self


def parents_first(values: Mapping[str, ValueConfig]) -> list[str]:
    """Return the names in their order, but each after its parent, as Keras Tuner declares them."""
    ordered: list[str] = []

    def add(name: str) -> None:
        if name not in ordered:
            if (parent := values[name].parent_name) is not None:
                add(parent)
            ordered.append(name)

    for name in values:
        add(name)
    return ordered
