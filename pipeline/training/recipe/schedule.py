"""The learning rate of each step."""

from typing import Any

import keras
from keras.optimizers import schedules

from pipeline.config.schema.recipe_schema import RecipeConfig

ONE_CYCLE_START = 25.0  # one cycle begins at the peak divided by this, as in its customary implementations


def learning_rate_schedule(recipe: RecipeConfig, steps: int) -> float | schedules.LearningRateSchedule:
    """Return the learning rate, or its schedule over `recipe.epochs` of `steps` batches.

    After a linear warm-up: `constant`; `step`, multiplied by `step_factor` every `step_epochs`
    (arXiv:1409.4842, section 6: 4% every 8 epochs); `polynomial` to 0 with `power`; `cosine` to 0 (Loshchilov & Hutter
    2017, arXiv:1608.03983, equation 5, without restarts); `one_cycle`, linear to 0 (Smith 2018, arXiv:1803.09820,
    section 4.3). Keras evaluates a schedule for each batch, also where gradients are accumulated.

    Args:
        recipe: schedule, learning rate, warm-up.
        steps: batches per epoch.
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
    """A linear warm-up, then another schedule.

    Args:
        after: the schedule that follows, from its step 0.
        steps: of the warm-up.
        start: learning rate at step 0.
        peak: learning rate at the end of the warm-up.
    """

    def __init__(self, after: schedules.LearningRateSchedule, steps: int, start: float, peak: float) -> None:
        super().__init__()
        self.after, self.steps, self.start, self.peak = after, steps, start, peak

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of `step` (from 0), float32."""
        step = keras.ops.cast(step, "float32")
        rising = self.start + (self.peak - self.start) * step / self.steps
        later = self.after(keras.ops.maximum(step - self.steps, 0.0))
        return keras.ops.where(step < self.steps, rising, later)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        after = schedules.serialize(self.after)
        return {"after": after, "steps": self.steps, "start": self.start, "peak": self.peak}
