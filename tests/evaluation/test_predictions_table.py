import math

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.predictions_table import highest_losses, predictions_table

CLASSES = ["ant", "bee", "owl"]


def table(probabilities, truth):
    rows = pd.DataFrame(
        {
            "path": [f"p{index}" for index in range(len(truth))],
            "label": [CLASSES[index] for index in truth],
            "class_index": np.array(truth, np.int32),
            "digest": [f"d{index}" for index in range(len(truth))],
            "position": range(len(truth)),
            "split": "validation",
            "verdict": "ok",
            "reason": "",
            "brightness": 0.5,
            "table.camera": [f"camera {index}" for index in range(len(truth))],
        },
        index=range(100, 100 + len(truth)),
    )
    return predictions_table(rows, np.array(probabilities, np.float32), CLASSES)


def test_each_image_has_its_prediction_rank_and_loss():
    found = table([[0.7, 0.2, 0.1], [0.5, 0.3, 0.2], [0.2, 0.7, 0.1]], [0, 1, 2])
    assert found["path"].tolist() == ["p0", "p1", "p2"]
    assert found["digest"].tolist() == ["d0", "d1", "d2"]
    assert found["position"].tolist() == [0, 1, 2]
    assert found["label"].tolist() == CLASSES
    assert found["predicted"].tolist() == ["ant", "ant", "bee"]
    assert found["confidence"].tolist() == pytest.approx([0.7, 0.5, 0.7])
    assert found["correct"].tolist() == [True, False, False]
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["loss"].tolist() == pytest.approx([-math.log(value) for value in (0.7, 0.3, 0.1)], rel=1e-6)


def test_there_is_a_column_of_probabilities_per_class():
    found = table([[0.7, 0.2, 0.1], [0.5, 0.3, 0.2]], [0, 1])
    assert list(found.columns[-5:-2]) == ["p_ant", "p_bee", "p_owl"]
    assert found[["p_ant", "p_bee", "p_owl"]].to_numpy().sum(axis=1) == pytest.approx([1, 1])
    assert found["p_bee"].tolist() == pytest.approx([0.2, 0.3])


def test_what_the_manifest_knows_of_an_image_comes_last():
    found = table([[0.7, 0.2, 0.1], [0.5, 0.3, 0.2]], [0, 1])
    assert list(found.columns[-2:]) == ["brightness", "table.camera"]
    assert found["table.camera"].tolist() == ["camera 0", "camera 1"]
    assert found["split"].tolist() == ["validation"] * 2
    assert not {"verdict", "reason", "class_index"} & set(found.columns)


def test_many_images_are_ranked_in_blocks():
    generator = np.random.default_rng(0)
    probabilities = generator.random((45_000, 100), np.float32)
    truth, names = generator.integers(0, 100, len(probabilities)), [str(index) for index in range(100)]
    rows = pd.DataFrame(
        {"class_index": truth, "path": "p", "digest": "d", "position": 0, "label": "x", "split": "test"}
    )
    ranks = predictions_table(rows, probabilities, names)["rank"].to_numpy()
    of_truth = probabilities[np.arange(len(truth)), truth]
    assert (ranks == 1 + (probabilities > of_truth[:, None]).sum(axis=1)).all()


def test_a_tie_is_right_only_for_the_class_that_is_predicted():
    found = table([[0.4, 0.4, 0.2]] * 3, [0, 1, 2])
    assert found["predicted"].tolist() == ["ant"] * 3
    assert found["correct"].tolist() == [True, False, False]
    assert found["rank"].tolist() == [1, 2, 3]


def test_rank_one_is_the_same_as_correct():
    generator = np.random.default_rng(0)
    rounded = generator.dirichlet([1, 1, 1], 200).round(1)
    found = table(rounded, generator.integers(0, 3, 200).tolist())
    assert ((found["rank"] == 1) == found["correct"]).all()
    assert found["rank"].between(1, 3).all()


def test_a_probability_of_zero_has_a_finite_loss():
    found = table([[1.0, 0.0, 0.0]], [2])
    assert found["loss"].tolist() == pytest.approx([-math.log(1e-12)])


def test_worst_has_the_greatest_loss_first_and_ties_by_path():
    found = highest_losses(table([[0.7, 0.2, 0.1], [0.2, 0.7, 0.1], [0.2, 0.7, 0.1], [0.5, 0.3, 0.2]], [0, 0, 0, 0]), 3)
    assert found["path"].tolist() == ["p1", "p2", "p3"]
    assert len(highest_losses(found, 10)) == 3
