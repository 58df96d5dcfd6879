"""All that is known of two models side by side: what is printed, drawn and written of a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.evaluation.comparison.comparison_sentences import image_notes, loss_sentence, verdict_sentence
from pipeline.evaluation.comparison.model_comparison import ModelComparison, compare_models
from pipeline.evaluation.comparison.paired_images import pair_images
from pipeline.evaluation.comparison.setting_changes import ValuePair, setting_changes, value_pairs
from pipeline.evaluation.named_models.evaluated_model import EvaluatedModel


@dataclass(frozen=True)
class ComparisonContent:
    """A comparison with its words.

    Attributes:
        titles: what the two models are.
        comparison: of their predictions.
        verdict: in a sentence or two.
        notes: sentences about the loss and about the images.
        settings: those that differ; None if those of a model are unknown.
        origins: where each model comes from.
    """

    titles: tuple[str, str]
    comparison: ModelComparison
    verdict: str
    notes: Sequence[str]
    settings: Sequence[ValuePair] | None
    origins: Sequence[ValuePair]


def compare_evaluated(a: EvaluatedModel, b: EvaluatedModel) -> ComparisonContent:
    """Return the comparison of two evaluated models.

    Args:
        a: the first, such as the one that is in use.
        b: the second.

    Raises:
        PipelineError: their classes differ, or no image is a test image of both.
    """
    images = pair_images(a.table, b.table, a.classes, b.classes, a.fitted, b.fitted)
    comparison = compare_models(images, a.classes)
    return ComparisonContent(
        titles=(a.title, b.title),
        comparison=comparison,
        verdict=verdict_sentence(comparison),
        notes=[note for note in (loss_sentence(comparison), *image_notes(images)) if note],
        settings=setting_changes(a.settings, b.settings) if a.settings and b.settings else None,
        origins=value_pairs(a.facts, b.facts),
    )
