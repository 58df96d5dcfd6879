"""The gate: what a model must reach to be registered, and to take the champion's place."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pipeline.config.schema.section import Count, Fraction, Section

ClassFigure = Literal["precision", "recall", "f1", "average_precision", "roc_auc"]
CLASS = "class_"  # begins the keys of bounds by class
Positive = Annotated[float, Field(gt=0.0)]


def _text_keys(value: Any) -> Any:
    """Return a mapping with class names such as 7, which YAML reads as a number, as text."""
    if not isinstance(value, Mapping):
        return value
    return {str(key) if type(key) in (int, float) else key: bound for key, bound in value.items()}


ByClass = Annotated[dict[str, Fraction] | None, BeforeValidator(_text_keys)]


def _least(what: str) -> Any:
    return Field(description=f"Minimum {what}; null: no minimum.")


def _most(what: str) -> Any:
    return Field(description=f"Maximum {what}; null: no maximum.")


def _by_class(what: str) -> Any:
    return Field(description=f"Minimum {what} of single classes, such as {{cat: 0.9}}; null: none.")


class FloorsConfig(Section):
    """Minimum values, for figures of which more is better."""

    accuracy: Annotated[Fraction | None, _least("test accuracy")]
    top_k_accuracy: Annotated[Fraction | None, _least("top-k accuracy")]
    macro_f1: Annotated[Fraction | None, _least("mean F1 of the classes")]
    macro_precision: Annotated[Fraction | None, _least("mean precision of the classes")]
    balanced_accuracy: Annotated[Fraction | None, _least("mean recall of the classes")]
    min_class_recall: Annotated[Fraction | None, _least("recall of every class")]
    mean_average_precision: Annotated[Fraction | None, _least("mean average precision of the classes")]
    macro_roc_auc: Annotated[Fraction | None, _least("mean area under the classes' ROC curves")]
    corrupted_accuracy: Annotated[
        Fraction | None, _least("mean accuracy under noise, blur and the other corruptions of robustness.csv")
    ]
    images: Annotated[Count | None, _least("number of test images")]
    images_per_second: Annotated[
        Positive | None, _least("images per second in batches of 32 on the machine that evaluates")
    ]
    class_precision: Annotated[ByClass, _by_class("precision")]
    class_recall: Annotated[ByClass, _by_class("recall")]
    class_f1: Annotated[ByClass, _by_class("F1")]
    class_average_precision: Annotated[ByClass, _by_class("average precision")]
    class_roc_auc: Annotated[ByClass, _by_class("area under the ROC curve")]


class CeilingsConfig(Section):
    """Maximum values, for figures of which less is better."""

    loss: Annotated[Annotated[float, Field(ge=0.0)] | None, _most("mean cross-entropy of the test images in nats")]
    expected_calibration_error: Annotated[Fraction | None, _most("expected calibration error")]
    brier_score: Annotated[Annotated[float, Field(ge=0.0, le=2.0)] | None, _most("Brier score")]
    latency_ms: Annotated[
        Positive | None, _most("milliseconds for one image alone on the machine that evaluates (median)")
    ]
    file_megabytes: Annotated[Positive | None, _most("size of the .keras file in megabytes (1,000,000 bytes)")]
    openvino_megabytes: Annotated[Positive | None, _most("size of the OpenVINO files in megabytes (1,000,000 bytes)")]
    parameters: Annotated[Count | None, _most("number of parameters")]
    multiply_adds: Annotated[Count | None, _most("multiply-adds for one image")]


class ChampionConfig(Section):
    """When a version that passed the gate takes the champion's place."""

    rule: Annotated[
        Literal["better_by", "not_worse_than", "by_hand"],
        Field(
            description="better_by: the metric is shown to be better by more than the margin; not_worse_than: it is "
            "shown to be worse by no more than the margin; by_hand: never, python -m pipeline.models promote does it."
        ),
    ]
    metric: Annotated[
        Literal["accuracy", "balanced_accuracy", "macro_f1", "loss", "expected_calibration_error"],
        Field(description="Figure that the rule compares, on the same test images."),
    ]
    margin: Annotated[
        float, Field(ge=0.0, description="Margin of the rule, in units of the metric: 0.01 is a point of accuracy.")
    ]


class GateConfig(Section):
    """Bounds on what was measured; a model that misses one of them is not registered."""

    name: Annotated[str, Field(description="Name of the file in conf/gate/.")]
    floors: FloorsConfig
    ceilings: CeilingsConfig
    champion: ChampionConfig
