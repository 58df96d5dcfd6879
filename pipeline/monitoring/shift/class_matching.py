"""Reference images with the same mix of predicted classes as the new ones."""

import numpy as np
from numpy.typing import NDArray

COMMON = 0.05  # share of the new images, from which a class decides how many reference images can be taken
LEAST = 5  # matched reference images; with fewer, the classes are not matched


def matched_rows(
    new: NDArray[np.int64], reference: NDArray[np.int64], most: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Return rows of reference images whose predicted classes are mixed as those of the new images.

    Comparing with them finds images that look unlike those of the same classes; that the mix differs is another test's
    matter. Classes that are rare among the new images may have fewer reference images than their share.

    Args:
        new: predicted class indices, (n,), at least one.
        reference: predicted class indices, (m,), at least one.
        most: rows, at most.
        generator: of the choice.
    """
    classes = 1 + max(int(new.max()), int(reference.max()))
    wanted, there = np.bincount(new, minlength=classes), np.bincount(reference, minlength=classes)
    deciding = (wanted >= COMMON * len(new)) & (there > 0)
    if not deciding.any():
        return generator.permutation(len(reference))[:most]
    scale = min(float((there[deciding] / wanted[deciding]).min()), most / len(new))
    taken = np.minimum(there, np.ceil(scale * wanted)).astype(np.int64)
    order = generator.permutation(len(reference))
    rows = [order[reference[order] == index][:count] for index, count in enumerate(taken) if count]
    matched = np.concatenate(rows)
    return matched[:most] if len(matched) >= LEAST else generator.permutation(len(reference))[:most]
