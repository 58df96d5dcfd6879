"""What a model is, for the head of its page."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.base.printable import printable
from pipeline.report.page.number_text import rounded_text

NAMED = 12  # classes in the introduction
LONGEST = 30  # characters of a class name in the introduction


def introduction(parameters: int, classes: Sequence[str], image_size: tuple[int, int, int], data: str) -> str:
    """Return what a model does, in two sentences.

    Args:
        parameters: number of them.
        classes: class names in index order.
        image_size: (height, width, channels) of an image as the network takes it, in pixels.
        data: name of the data, for people.
    """
    height, width, channels = image_size
    names = [name if len(name) <= LONGEST else name[: LONGEST - 1] + "…" for name in map(printable, classes[:NAMED])]
    more = f" and {len(classes) - NAMED:,} more" if len(classes) > NAMED else ""
    return (
        f"A GoogLeNet with {rounded_text(parameters)} parameters, trained on {printable(data)}. It looks at a photo at "
        f"{height}×{width} pixels in {'color' if channels == 3 else 'gray'} and says which of {len(classes):,} classes "
        f"it shows: {', '.join(names)}{more}."
    )


def data_name(settings: Mapping[str, Any]) -> str:
    """Return what to call the data: the last part of their path, or the data set's name.

    Args:
        settings: of params.yaml, by their dotted keys: data.name, and data.path where there is one.
    """
    path = str(settings.get("data.path") or "").rstrip("/\\")
    return path.replace("\\", "/").rpartition("/")[2] or str(settings["data.name"])


def model_facts(
    settings: Mapping[str, Any],
    history: pd.DataFrame,
    saved_epoch: int,
    minutes: float | None,
    counts: Mapping[str, int],
) -> dict[str, str]:
    """Return labels and texts about model, training and data, in order.

    Args:
        settings: of params.yaml, by their dotted keys: model.name, model.width, recipe.name, recipe.epochs,
            recipe.seed, data.name, data.height, data.width, data.channels.
        history: a row per epoch.
        saved_epoch: whose weights were saved.
        minutes: of the training; None if unknown.
        counts: number of images, by split.
    """
    facts = {
        "Network": f"{settings['model.name']}, width {settings['model.width']}",
        "Recipe": str(settings["recipe.name"]),
        "Epochs": f"{len(history):,} of {settings['recipe.epochs']:,}, epoch {saved_epoch:,} kept",
        "Training time": "" if minutes is None else f"{minutes:.1f} minutes",
        "Seed": str(settings["recipe.seed"]),
        "Data": data_name(settings),
        "Image size": f"{settings['data.height']}×{settings['data.width']}, "
        f"{'color' if settings['data.channels'] == 3 else 'gray'}",
        **{f"{split.capitalize()} images".replace("Train ", "Training "): f"{n:,}" for split, n in counts.items()},
    }
    return {label: text for label, text in facts.items() if text}
