"""A space of few dimensions in which images that the network sees alike are close to one another."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 32
LEAST_NORM = 1e-12  # what a vector of zeros is divided by


@dataclass(frozen=True)
class EmbeddingSpace:
    """The principal components of pooled features, each image's scaled to length 1.

    Attributes:
        mean: of the scaled features, float32 (features,).
        components: orthonormal, float32 (dimensions, features), those of the largest variance first.
    """

    mean: NDArray[np.float32]
    components: NDArray[np.float32]

    @classmethod
    def fit(cls, features: NDArray[np.float32]) -> Self:
        """Return the space of the principal components of some images; equal features give equal spaces.

        Args:
            features: (images, features), of at least one image.
        """
        scaled = _scaled(features)
        mean = scaled.mean(axis=0)
        _, _, components = np.linalg.svd(scaled - mean, full_matrices=False)
        kept = components[: min(DIMENSIONS, len(scaled) - 1)]
        strongest = np.abs(kept).argmax(axis=1)
        signs = np.sign(kept[np.arange(len(kept)), strongest])  # a component's direction is arbitrary
        return cls(mean.astype(np.float32), (kept * signs[:, None]).astype(np.float32))

    def places(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return where images are, float32 (images, dimensions).

        Args:
            features: (images, features).
        """
        return np.asarray((_scaled(features) - self.mean) @ self.components.T, np.float32)


def _scaled(features: NDArray[np.float32]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(features.astype(np.float64), axis=1, keepdims=True)
    return np.asarray(features / np.maximum(lengths, LEAST_NORM), np.float64)
