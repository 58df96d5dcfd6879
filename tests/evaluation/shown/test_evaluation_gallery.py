"""Which images the page shows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.label_errors import likely_label_errors
from pipeline.evaluation.predictions_table import predictions_table
from pipeline.evaluation.shown.evaluation_gallery import MISTAKES, SUSPECTS, UNCERTAIN, evaluation_gallery
from pipeline.evaluation.shown.image_choice import least_certain, most_confused, probability_margins, worst_mistakes
from pipeline.evaluation.shown.shown_image import ImageLookup

CLASSES = ["cat", "dog", "owl"]


class Maps:
    """An engine whose map of class c is c times the image's first pixel."""

    def class_maps(self, pixels):
        first = pixels[:, :1, :1, :1].astype(np.float32)
        return np.broadcast_to(first * np.arange(3), (len(pixels), 2, 2, 3))


class NoMaps:
    def class_maps(self, pixels):
        return None


class Stored:
    """Images whose pixels all have their position as value."""

    def take(self, positions):
        return np.broadcast_to(positions[:, None, None, None], (len(positions), 4, 4, 3)).astype(np.uint8)


def table_of(images, seed=0, split="test", first=0):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, images)
    probabilities = rng.dirichlet([0.6] * 3, images).astype(np.float32)
    rows = pd.DataFrame({"path": [f"{split}/{one}" for one in range(images)], "position": first + np.arange(images),
                         "digest": [f"{rng.integers(2**40):x}" for _ in range(images)], "class_index": truth,
                         "label": np.asarray(CLASSES, dtype=object)[truth], "split": split})  # fmt: skip
    return predictions_table(rows, probabilities, CLASSES)


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 40), st.integers(0, 5), st.integers(1, 12))
def test_mistakes_are_wrong_and_worst_first(images, seed, number):
    table = table_of(images, seed)
    found = worst_mistakes(table, number)
    assert not found["correct"].any()
    assert found["loss"].is_monotonic_decreasing
    assert len(found) == min(number, int((~table["correct"]).sum()))


@settings(deadline=None, max_examples=25)
@given(st.permutations(range(20)))
def test_the_order_of_the_table_plays_no_part(order):
    table = table_of(20)
    shuffled = table.iloc[list(order)]
    assert worst_mistakes(shuffled, 5)["path"].tolist() == worst_mistakes(table, 5)["path"].tolist()
    assert least_certain(shuffled, CLASSES, 5)["path"].tolist() == least_certain(table, CLASSES, 5)["path"].tolist()


def test_margins_are_the_distance_of_the_two_highest():
    table = table_of(50)
    values = np.sort(table[[f"p_{name}" for name in CLASSES]].to_numpy(np.float64), axis=1)
    np.testing.assert_allclose(probability_margins(table, CLASSES), values[:, -1] - values[:, -2])
    assert len(probability_margins(table.iloc[:0], CLASSES)) == 0


def test_pairs_are_counted_and_the_most_frequent_is_first():
    table = table_of(90)
    pairs = most_confused(table, 9)
    assert sum(pair.errors for pair in pairs) == int((~table["correct"]).sum())
    assert [pair.errors for pair in pairs] == sorted((pair.errors for pair in pairs), reverse=True)
    for pair in pairs:
        assert (pair.rows["label"] == pair.label).all()
        assert (pair.rows["predicted"] == pair.predicted).all()
        assert pair.images == int((table["label"] == pair.label).sum())
    assert most_confused(table[table["correct"]], 9) == []


def test_an_image_has_its_pixels_its_map_and_its_three_best_classes():
    table = table_of(10)
    first, second = ImageLookup(CLASSES, Stored(), Maps()).images(table.iloc[[7, 3]], ["owl", "cat"])
    assert (first.path, second.path) == ("test/7", "test/3")
    assert (first.picture == 7).all()
    assert (first.evidence == 7).all()  # 2 × 7 less the mean of 0, 7 and 14
    assert (second.evidence == -3).all()
    assert [share for _, share in first.best] == sorted((share for _, share in first.best), reverse=True)
    assert first.label_probability == pytest.approx(float(table.iloc[7][f"p_{first.label}"]))
    (without,) = ImageLookup(CLASSES, Stored(), NoMaps()).images(table.iloc[[0]])
    assert without.evidence is None
    assert without.evidence_for == table.iloc[0]["predicted"]
    assert ImageLookup(CLASSES, Stored(), None).images(table.iloc[:0]) == ()


def test_the_gallery_shows_no_image_as_mistake_and_as_uncertain():
    table = pd.concat([table_of(60), table_of(40, 1, "train", 60)], ignore_index=True)
    errors = likely_label_errors(table, CLASSES)
    found = evaluation_gallery(table, errors, ImageLookup(CLASSES, Stored(), Maps()))
    assert len(found.mistakes) == MISTAKES
    assert len(found.uncertain) == UNCERTAIN
    assert not {one.path for one in found.mistakes} & {one.path for one in found.uncertain}
    assert all(one.split == "test" for one in (*found.mistakes, *found.uncertain))
    assert found.looked_at == {"train": 40, "test": 60}
    for split, suspects in found.suspects.items():
        assert len(suspects) == min(SUSPECTS, found.suspect_totals[split])
        assert all(one.image.split == split for one in suspects)
        assert all(one.image.evidence_for == one.suggested for one in suspects)
        own = errors[errors["split"] == split]
        assert [one.image.path for one in suspects] == own["path"].tolist()[:SUSPECTS]


def test_without_test_images_there_is_nothing_to_show():
    table = table_of(5, split="train")
    found = evaluation_gallery(
        table, likely_label_errors(table, CLASSES).iloc[:0], ImageLookup(CLASSES, Stored(), None)
    )
    assert (found.mistakes, found.uncertain, found.pairs) == ((), (), ())
    assert found.suspects == {"train": ()}
