"""GoogLeNet in Keras: built from Keras's own layers only, so that any Keras backend builds and loads it."""

from pipeline.model.classifiers import without_auxiliary_heads
from pipeline.model.combine.ensemble import with_ensemble
from pipeline.model.combine.views import VIEWS, with_views
from pipeline.model.googlenet import googlenet
from pipeline.model.inception import inception_module
from pipeline.topology.blocks import PAPER_FILTERS

__all__ = [
    "PAPER_FILTERS",
    "VIEWS",
    "googlenet",
    "inception_module",
    "with_ensemble",
    "with_views",
    "without_auxiliary_heads",
]
