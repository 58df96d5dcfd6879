"""The learning rate of each step: where each schedule starts, climbs, falls and ends."""

import pytest

STEPS = 10


@pytest.fixture
def recipe(tiny):
    def make(**changed):
        return type(tiny.recipe).model_validate(tiny.recipe.model_dump() | {"epochs": 4} | changed)

    return make


@pytest.fixture
def rate(keras, recipe):
    from pipeline.training.recipe.schedule import learning_rate_schedule

    def at(step, **changed):
        schedule = learning_rate_schedule(recipe(learning_rate=0.5, **changed), STEPS)
        return float(schedule(step)) if callable(schedule) else schedule

    return at


def test_cosine_climbs_from_0_to_the_peak_in_the_warm_up_and_falls_to_0_at_the_end(rate):
    assert rate(0, warmup_epochs=1) == 0.0
    assert rate(5, warmup_epochs=1) == pytest.approx(0.25)
    assert rate(10, warmup_epochs=1) == pytest.approx(0.5)
    assert rate(25, warmup_epochs=1) == pytest.approx(0.25)
    assert rate(40, warmup_epochs=1) == pytest.approx(0.0, abs=1e-7)


def test_cosine_without_warm_up_starts_at_the_peak(rate):
    assert rate(0, warmup_epochs=0) == pytest.approx(0.5)
    assert rate(20, warmup_epochs=0) == pytest.approx(0.25)
    assert rate(40, warmup_epochs=0) == pytest.approx(0.0, abs=1e-7)


def test_constant_stays_at_the_rate_after_its_warm_up(rate):
    assert rate(0, schedule="constant", warmup_epochs=0) == 0.5
    assert rate(0, schedule="constant", warmup_epochs=1) == 0.0
    for step in (10, 25, 40):
        assert rate(step, schedule="constant", warmup_epochs=1) == pytest.approx(0.5)


def test_step_falls_by_its_factor_every_so_many_epochs(rate):
    changed = {"schedule": "step", "warmup_epochs": 0, "step_epochs": 2, "step_factor": 0.5}
    assert [rate(step, **changed) for step in (0, 19, 20, 39)] == pytest.approx([0.5, 0.5, 0.25, 0.25])


def test_step_counts_its_epochs_from_the_end_of_the_warm_up(rate):
    changed = {"schedule": "step", "warmup_epochs": 1, "step_epochs": 1, "step_factor": 0.1}
    assert [rate(step, **changed) for step in (5, 10, 19, 20)] == pytest.approx([0.25, 0.5, 0.5, 0.05])


@pytest.mark.parametrize(("power", "half"), [(1.0, 0.25), (2.0, 0.125)])
def test_polynomial_falls_to_0_at_the_end_with_its_power(rate, power, half):
    found = [rate(step, schedule="polynomial", warmup_epochs=0, power=power) for step in (0, 20, 40)]
    assert found == pytest.approx([0.5, half, 0.0], abs=1e-7)


def test_one_cycle_is_straight_up_from_a_twenty_fifth_and_straight_down_to_0(rate):
    found = [rate(step, schedule="one_cycle", warmup_epochs=2) for step in (0, 10, 20, 30, 40)]
    assert found == pytest.approx([0.02, 0.26, 0.5, 0.25, 0.0], abs=1e-7)


@pytest.mark.parametrize("accumulate", [1, 4])
def test_with_accumulation_too_the_rate_falls_over_all_epochs(keras, recipe, accumulate):
    from pipeline.training.recipe.optimizer import build_optimizer

    weight = keras.Variable([1.0])
    configured = build_optimizer(
        recipe(learning_rate=0.5, schedule="cosine", warmup_epochs=0, accumulate=accumulate), STEPS
    )
    found = []
    for _ in range(4 * STEPS):
        found.append(float(configured.learning_rate))
        configured.apply([keras.ops.zeros((1,))], [weight])
    assert [found[0], found[2 * STEPS], found[-1]] == pytest.approx([0.5, 0.25, 0.0], abs=1e-3)


@pytest.mark.parametrize("schedule", ["constant", "step", "polynomial", "cosine", "one_cycle"])
def test_no_schedule_leaves_the_range_from_0_to_the_peak(rate, schedule):
    rates = [rate(step, schedule=schedule, warmup_epochs=1) for step in range(41)]
    assert all(0.0 <= value <= 0.5 + 1e-6 for value in rates)
    assert max(rates) == pytest.approx(0.5)


def test_a_warm_up_is_made_again_from_its_configuration(keras, recipe):
    from pipeline.training.recipe.schedule import WarmUp, learning_rate_schedule

    schedule = learning_rate_schedule(recipe(warmup_epochs=1), STEPS)
    config = schedule.get_config()
    config["after"] = keras.optimizers.schedules.deserialize(config["after"])
    again = WarmUp(**config)
    assert [float(again(step)) for step in range(0, 41, 5)] == [float(schedule(step)) for step in range(0, 41, 5)]
