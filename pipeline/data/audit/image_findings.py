"""Findings about single images, from what was measured."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.data.audit.cases import single_cases

LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as Pillow converts to gray
TAIL = 5  # percent of the thumbnail's pixels that darkness and brightness leave out
BLOCK = 65_536  # thumbnails in memory at a time


def brightness(thumbnails: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (n, 3): the 5th percentile, the mean and the 95th percentile of each thumbnail's luminance, 0 to 255.

    Args:
        thumbnails: uint8 (n, side, side, 3), perhaps mapped from a file.
    """
    parts = [np.empty((0, 3), np.float32)]
    for start in range(0, len(thumbnails), BLOCK):
        values = (thumbnails[start : start + BLOCK] @ LUMINANCE).reshape(-1, thumbnails.shape[1] * thumbnails.shape[2])
        low, high = np.percentile(values, [TAIL, 100 - TAIL], axis=1)
        parts.append(np.stack([low, values.mean(axis=1), high], axis=1).astype(np.float32))
    return np.concatenate(parts)


def image_findings(images: pd.DataFrame, config: AuditConfig) -> Iterator[pd.DataFrame]:
    """Yield the cases of each finding about single images.

    Args:
        images: the readable rows of the manifest, with width, height (pixels), spread, sharpness, and low, brightness
            and high (luminance: 5th percentile, mean, 95th percentile).
        config: limits and actions.
    """
    limits = config.limits
    uniform = images["spread"] <= limits.uniform
    yield _cases(images, config, "uniform", uniform, "all values within {spread:.0f} of each other")
    dark, bright = ~uniform & (images["high"] < limits.dark), ~uniform & (images["low"] > limits.bright)
    yield _cases(images, config, "dark", dark, "95% of the image is darker than {high:.0f} of 255")
    yield _cases(images, config, "bright", bright, "95% of the image is brighter than {low:.0f} of 255")
    blurred = ~uniform & (images["sharpness"] < limits.sharpness)  # false for NaN
    yield _cases(images, config, "blurred", blurred, "sharpness {sharpness:.3f}")
    sizes = (images["width"].astype(float) * images["height"]) ** 0.5
    usual = float(sizes.median())
    odd = (sizes * limits.size < usual) | (sizes > usual * limits.size)
    yield _cases(images, config, "odd_size", odd, f"{{width}}×{{height}} pixels; the median area is {usual:.0f}²")
    shapes = images["width"] / images["height"]
    far = (shapes > limits.aspect * shapes.median()) | (limits.aspect * shapes < shapes.median())
    yield _cases(images, config, "odd_aspect", far, "{width}×{height} pixels")


def _cases(images: pd.DataFrame, config: AuditConfig, name: str, chosen: pd.Series, reason: str) -> pd.DataFrame:
    rows = images.loc[chosen, ["width", "height", "spread", "sharpness", "low", "high"]]
    reasons = [reason.format_map(row) for row in rows.to_dict("records")]
    return single_cases(name, rows.index.to_numpy(), reasons, getattr(config, name))
