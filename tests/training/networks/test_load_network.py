"""Trained networks from their files: what cannot be averaged is refused before training starts."""

import pytest

from pipeline.base.errors import PipelineError


@pytest.fixture(scope="module")
def file(keras, tmp_path_factory):
    inputs = keras.Input((16, 24, 1), dtype="uint8")
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(inputs))
    path = tmp_path_factory.mktemp("members") / "member.keras"
    keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(pooled)).save(path)
    return path


def test_networks_of_the_same_images_and_classes_are_loaded(file):
    from pipeline.training.networks.load_network import load_ensemble_members

    loaded = load_ensemble_members([file, file], (16, 24, 1), 3)
    assert [model.output_shape for model in loaded] == [(None, 3)] * 2
    assert load_ensemble_members([], (16, 24, 1), 3) == []


@pytest.mark.parametrize(("shape", "classes"), [((16, 24, 3), 3), ((24, 16, 1), 3), ((16, 24, 1), 4)])
def test_other_images_and_other_classes_are_refused_in_one_sentence(file, shape, classes):
    from pipeline.training.networks.load_network import load_ensemble_members

    expected = (
        rf"^model\.ensemble: .*member\.keras takes uint8 images of 16×24×1 and returns 3 prob.*; .*×{shape[2]} and "
    )
    with pytest.raises(
        PipelineError, match=expected + f"returns {classes} probabilities: only networks of the same images"
    ) as caught:
        load_ensemble_members([file], shape, classes)
    assert "\n" not in str(caught.value)


def test_images_as_other_numbers_are_refused_before_training_and_not_after(keras, tmp_path):
    from pipeline.training.networks.load_network import load_ensemble_members

    network = keras.Sequential([keras.Input((16, 24, 1)), keras.layers.Flatten(), keras.layers.Dense(3)])
    network.save(tmp_path / "floats.keras")
    with pytest.raises(PipelineError, match=r"floats\.keras takes float32 images of 16×24×1 and .* uint8"):
        load_ensemble_members([tmp_path / "floats.keras"], (16, 24, 1), 3)


def test_a_file_that_is_no_network_is_refused_in_one_sentence(tmp_path):
    from pipeline.training.networks.load_network import load_ensemble_members

    (tmp_path / "broken.keras").write_bytes(b"not a zip file")
    with pytest.raises(PipelineError, match=r"^model\.ensemble: Keras cannot read .*broken\.keras: ") as caught:
        load_ensemble_members([tmp_path / "broken.keras"], (16, 24, 1), 3)
    assert "\n" not in str(caught.value)
