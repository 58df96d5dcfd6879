"""The learning rate of each step."""

from typing import Any

import keras
from keras.optimizers import schedules

from pipeline.config.schema import RecipeConfig

ONE_CYCLE_START = 25.0  # the peak over this is where one cycle begins, as in its customary implementations


def learning_rate(recipe: RecipeConfig, steps: int) -> float | schedules.LearningRateSchedule:
    """Return the rate, or its schedule over `recipe.epochs` of `steps` batches.

    After a straight climb through the warm-up: `constant`; `step`, multiplied by `step_factor` every `step_epochs`
    (arXiv:1409.4842, section 6: 4% every 8 epochs); `polynomial` to 0 with `power`; `cosine` to 0 (Loshchilov & Hutter
    2017, arXiv:1608.03983, equation 5, without restarts); `one_cycle`, straight up and straight down to 0 (Smith 2018,
    arXiv:1803.09820, section 4.3). Keras asks a schedule for the rate of a batch, accumulated or not.
    """
    warmup = round(recipe.warmup_epochs * steps)
    left = max(recipe.epochs * steps - warmup, 1)
    peak = recipe.learning_rate
    after: Any = None
    match recipe.schedule:
        case "constant":
            after = schedules.PolynomialDecay(peak, left, peak) if warmup else peak
        case "step":
            every = max(round(recipe.step_epochs * steps), 1)
            after = schedules.ExponentialDecay(peak, every, recipe.step_factor, staircase=True)
        case "polynomial":
            after = schedules.PolynomialDecay(peak, left, 0.0, recipe.power)
        case "cosine":
            after = schedules.CosineDecay(peak, left)
        case "one_cycle":
            after = schedules.PolynomialDecay(peak, left, 0.0)
    start = peak / ONE_CYCLE_START if recipe.schedule == "one_cycle" else 0.0
    return WarmUp(after, warmup, start, peak) if warmup else after


class WarmUp(schedules.LearningRateSchedule):
    """A straight climb from `start` to `peak` in `steps` steps, then the schedule `after` from its step 0."""

    def __init__(self, after: schedules.LearningRateSchedule, steps: int, start: float, peak: float) -> None:
        super().__init__()
        self.after, self.steps, self.start, self.peak = after, steps, start, peak

    def __call__(self, step: Any) -> Any:
        """Return the rate of `step` (from 0), float32."""
        step = keras.ops.cast(step, "float32")
        climbing = self.start + (self.peak - self.start) * step / self.steps
        later = self.after(keras.ops.maximum(step - self.steps, 0.0))
        return keras.ops.where(step < self.steps, climbing, later)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        after = schedules.serialize(self.after)
        return {"after": after, "steps": self.steps, "start": self.start, "peak": self.peak}
