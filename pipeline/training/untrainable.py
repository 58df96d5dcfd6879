"""The error of a training whose own network, recipe or values are to blame: repeating it ends in the same way."""

from pipeline.base.errors import PipelineError


class UntrainableError(PipelineError):
    """A network cannot be trained with its recipe."""
