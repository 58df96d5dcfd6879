"""GoogLeNet in Keras; knows keras only, so that any of its backends builds it."""

from pipeline.model.googlenet import PAPER_FILTERS, googlenet
from pipeline.model.heads import without_heads
from pipeline.model.inception import inception_module

__all__ = ["PAPER_FILTERS", "googlenet", "inception_module", "without_heads"]
