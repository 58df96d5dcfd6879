"""How any image becomes the pixels that a network takes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.config.schema.data_schema import DataConfig


@dataclass(frozen=True)
class Preprocessing:
    """Size, channels and way of resizing of the images that a network was trained on.

    Attributes:
        height: in pixels.
        width: in pixels.
        channels: 1 for gray, 3 for color.
        resize: `stretch`, `crop` or `pad`.
    """

    height: int
    width: int
    channels: int
    resize: str

    @classmethod
    def from_config(cls, config: "DataConfig") -> "Preprocessing":
        """Return the part of the settings of `data` that shapes pixels."""
        return cls(config.height, config.width, config.channels, config.resize)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of an image."""
        return self.height, self.width, self.channels
