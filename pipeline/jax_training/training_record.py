"""What a training under JAX writes about itself, in training.json; readable without JAX."""

from typing import Any

from pipeline.config.schema.pipeline_schema import Config

RECORD = "training.json"
MACHINE = ("device", "backend", "keras", "precision")  # facts about where it ran
OF_THE_SAVED_MODEL = {"views", "ensemble"}  # settings that do not change the training


def trained_settings(config: Config) -> dict[str, Any]:
    """Return the settings that a training depends on: those of network and recipe, but not of the saved model."""
    return {"model": config.model.model_dump(exclude=OF_THE_SAVED_MODEL), "recipe": config.recipe.model_dump()}
