"""The style of every picture of the project, and how it is saved."""

import warnings
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from pipeline.base.files import atomic_file

INK, MUTED = "#1f2933", "#7b8794"
FALLBACKS = ("Noto Sans CJK JP", "Noto Sans CJK SC", "Hiragino Sans", "PingFang SC")  # for names in other scripts
BLUE, ORANGE, GREEN, RED = "#2563eb", "#ea7317", "#15803d", "#c81e1e"


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of `width` by `height` inches in the project's style."""
    mpl.rcParams.update(
        {
            "font.family": _families(),
            "text.parse_math": False,  # a class may be named $5
            "font.size": 9,
            "text.color": INK,
            "axes.labelcolor": INK,
            "axes.edgecolor": MUTED,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 10,
            "axes.titleweight": "bold",
            "xtick.color": MUTED,
            "ytick.color": MUTED,
            "legend.frameon": False,
        }
    )
    return Figure(figsize=(width, height), dpi=120, layout="constrained", facecolor="white")


def save(figure: Figure, path: Path) -> None:
    """Write `figure` to `path` (PNG); equal figures give equal bytes."""
    with atomic_file(path) as partial, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a box stands for it
        warnings.filterwarnings("ignore", message="constrained_layout not applied")
        figure.savefig(partial, metadata={"Software": None})


def _families() -> list[str]:
    installed = {font.name for font in fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in FALLBACKS if name in installed)]
