"""The inception blocks: Table 1 of Szegedy et al. 2014, "Going deeper with convolutions", arXiv:1409.4842."""

from collections.abc import Mapping, Sequence

BRANCHES = ("1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj")  # the order of the six numbers below
PAPER_FILTERS: Mapping[str, Sequence[int]] = {
    "inception_3a": (64, 96, 128, 16, 32, 32),
    "inception_3b": (128, 128, 192, 32, 96, 64),
    "inception_4a": (192, 96, 208, 16, 48, 64),
    "inception_4b": (160, 112, 224, 24, 64, 64),
    "inception_4c": (128, 128, 256, 24, 64, 64),
    "inception_4d": (112, 144, 288, 32, 64, 64),
    "inception_4e": (256, 160, 320, 32, 128, 128),
    "inception_5a": (256, 160, 320, 32, 128, 128),
    "inception_5b": (384, 192, 384, 48, 128, 128),
}
BLOCKS = tuple(PAPER_FILTERS)
POOLED_BEFORE = ("inception_4a", "inception_5a")  # a 3×3 max pooling with stride 2 comes before these
HEADS_AFTER = ("inception_4a", "inception_4d")  # auxiliary classifiers: section 5
HEAD_POOL = 5  # side of their average pooling
MULTIPLE = 8  # channels are rounded to multiples of it when a width other than 1 is asked for


def scale_width(filters: int, width: float) -> int:
    """Return `filters` times `width`, rounded to a multiple of 8, at least 8; unchanged where `width` is 1.

    Numbers that are not positive stay as they are, so that they can be refused.
    """
    return filters if width == 1.0 or filters < 1 else max(MULTIPLE, round(filters * width / MULTIPLE) * MULTIPLE)
