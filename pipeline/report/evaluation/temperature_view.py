"""The offer to make probabilities softer or sharper."""

from typing import Any

from pipeline.evaluation.calibration.temperature_fit import TemperatureFit
from pipeline.report.evaluation.interval_view import interval_text
from pipeline.report.page.number_text import decimal_text


def temperature_view(fit: TemperatureFit | None) -> dict[str, Any]:
    """Return what the template shows: the temperature, and what it changes on the test images; or why there is none.

    Args:
        fit: None without validation images; its temperature is undefined where the loss falls without end.
    """
    if fit is None:
        return {"missing": "None is offered: there are no validation images to fit it to."}
    if not fit.temperature.defined:
        return {"missing": "None is offered: on the validation images the model makes no mistake that would limit it."}
    value = fit.temperature.value
    return {
        "missing": "",
        "value": f"{value:.3g}",
        "interval": interval_text(fit.temperature, share=False),
        "images": fit.images,
        "meaning": "the model is too sure of itself" if value > 1 else "the model is less sure than it could be",
        "rows": [
            ("Log loss", decimal_text(fit.loss_before), decimal_text(fit.loss_after)),
            ("Expected calibration error", decimal_text(fit.error_before), decimal_text(fit.error_after)),
        ],
        "helps": fit.loss_after < fit.loss_before,
    }
