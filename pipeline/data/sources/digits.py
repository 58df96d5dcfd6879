"""scikit-learn's handwritten digits: 1,797 gray images of 8×8 pixels with 17 levels (UCI, E. Alpaydin, C. Kaynak)."""

import numpy as np

from pipeline.data.record import Record
from pipeline.data.sources.arrays import array_records

LEVELS = 16.0  # the set's brightest value


def digit_records() -> list[Record]:
    """Return the digits as 8×8 gray images of classes `0` to `9`, without a split."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    pixels = np.round(images.reshape(-1, 8, 8) * (255.0 / LEVELS)).astype(np.uint8)
    return array_records(pixels, [str(label) for label in labels], "digits")
