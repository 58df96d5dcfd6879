"""How any image becomes the pixels that a network takes."""

from dataclasses import dataclass


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

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of an image."""
        return self.height, self.width, self.channels
