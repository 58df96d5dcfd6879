"""GoogLeNet in Keras; knows keras only, so that any of its backends builds it."""

from pipeline.model.ensemble import with_members
from pipeline.model.googlenet import PAPER_FILTERS, googlenet
from pipeline.model.heads import without_heads
from pipeline.model.inception import inception_module
from pipeline.model.views import VIEWS, with_views

__all__ = ["PAPER_FILTERS", "VIEWS", "googlenet", "inception_module", "with_members", "with_views", "without_heads"]
