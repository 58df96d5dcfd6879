"""python -m pipeline.describe: tables and figures for any configuration, one sentence for a wrong one."""

import pytest

from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.config.compose import compose
from pipeline.config.parse import parse_config


@pytest.fixture
def described(root, tmp_path):
    from pipeline.describe import main

    def describe(*overrides, **options):
        return main(parse_config(compose(root, overrides), "conf/"), tmp_path, **options)

    yield describe
    import_tensorflow()
    import keras

    keras.config.set_dtype_policy("float32")


def test_the_parts_add_up_to_the_network(described):
    from pipeline.model import googlenet

    found = described("recipe.precision=float32", classes=10)
    assert [part.name for part in found.parts][:3] == ["preprocessing", "convolution 1", "convolution 2"]
    built = googlenet((32, 32, 1), 10, stem="small", normalization="batch", width=0.5)
    assert sum(part.cost.parameters for part in found.parts) == built.count_params()
    assert found.estimate.seconds_per_image > 0
    assert not found.estimate.measured


def test_memory_counts_weights_gradients_moments_and_a_batch_of_activations(described):
    float32, bfloat16 = (described(f"recipe.precision={name}", classes=10) for name in ("float32", "mixed_bfloat16"))
    numbers = sum(part.cost.parameters for part in float32.parts)
    assert float32.estimate.weights == pytest.approx(4 * 4 * numbers, rel=0.01)  # with gradients and two moments
    assert float32.estimate.activations == 2 * bfloat16.estimate.activations
    sgd = described("recipe=strong", "recipe.optimizer=sgd", "recipe.precision=float32", classes=10)
    assert sgd.estimate.weights == pytest.approx(4 * 4 * numbers, rel=0.01)  # momentum and average
    adagrad = described("recipe.optimizer=adagrad", "recipe.precision=float32", classes=10)
    assert adagrad.estimate.weights == pytest.approx(3 * 4 * numbers, rel=0.01)
    assert sgd.estimate.activations == 2 * float32.estimate.activations  # a batch twice as large


def test_real_steps_are_timed_when_asked(described):
    tiny = ("model.width=0.125", "data.height=16", "data.width=16", "recipe.batch_size=8", "recipe.precision=float32")
    plain = ("model.normalization=none", "recipe.optimizer=sgd")  # half the time to trace
    found = described(*tiny, *plain, classes=3, measure=True)
    assert found.estimate.measured
    assert found.estimate.seconds_per_image > 0


@pytest.fixture
def run(described, command, root):
    """Run the command in this process."""
    return lambda *arguments: command(root, "pipeline.describe", *arguments)


def test_the_command_prints_a_table_and_what_training_needs(run):
    views = ("model.views=mirrored", "recipe.augment.flip=true", "model.ensemble=[models:/a@candidate,b.keras]")
    done = run("model=googlenet_2014", "data=folder", "data.path=x", "data.height=80", "data.width=80", *views)
    assert done.code == 0, done.errors
    for expected in (
        "views    2 of each image",
        "ensemble averaged with models:/a@candidate, b.keras, whose cost is not in this table",
        "inception 4e",
        "auxiliary 4d",
        "whole network",
        "classes  1,000",
        "memory  ",
        "1,000 images in",
    ):
        assert expected in done.output
    assert max(map(len, done.output.splitlines())) < 130


def test_the_published_table_is_printed_with_its_reasons(run):
    done = run("--paper")
    assert done.code == 0, done.errors
    assert "159.5K" in done.output
    assert "(1) the table counts 7×1 and 1×7" in done.output


def test_the_table_in_the_docs_is_what_the_command_prints(root, run):
    page = (root / "docs/network.md").read_text(encoding="utf-8")
    table = page.split("<!-- fidelity: begin -->\n")[1].split("<!-- fidelity: end -->")[0].strip()
    assert run("--paper", "--markdown").output.strip() == table, (
        "put what python -m pipeline.describe --paper --markdown prints there"
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["recipe=nonsense"], "there is no conf/recipe/nonsense.yaml"),
        (["model.auxiliary_heads=paper", "data.width=16"], "at least 17 for auxiliary heads"),
        (["--classes", "0"], "--classes must be at least 1, got 0"),
        (["--paper", "model=googlenet"], "--paper stands alone"),
    ],
)
def test_a_wrong_request_is_one_sentence(run, arguments, expected):
    done = run(*arguments)
    assert done.code != 0
    assert expected in done.errors
    assert "Traceback" not in done.errors
    assert not done.output
