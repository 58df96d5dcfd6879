from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.data.dataset import Dataset
from pipeline.data.loader import OrderedBatches, TrainingBatches, one_hot
from pipeline.data.record import Record
from tests.packed_images import packed


@pytest.fixture(scope="module")
def dataset(config, tmp_path_factory):
    """Return 60 images of three classes, each of a different gray level."""
    folder = tmp_path_factory.mktemp("packed")
    records = [
        Record(f"{number}", "abc"[number % 3], None, lambda number=number: Image.new("L", (8, 8), number * 4))
        for number in range(60)
    ]
    packed(records, config.data.model_copy(update={"height": 8, "width": 8}), folder)
    return Dataset(folder)


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    import_tensorflow()


def add_noise(images, targets, generator):
    return images + generator.integers(0, 4, images.shape, np.uint8), targets


def numbers(images):
    return (images[:, 0, 0, 0] // 4).tolist()


def read(stream):
    return [(images.numpy(), targets.numpy()) for images, targets in stream]


def assert_same(found, wanted):
    assert len(found) == len(wanted)
    for (images, targets), (other_images, other_targets) in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(images, other_images)
        np.testing.assert_array_equal(targets, other_targets)


def test_a_batch_depends_on_seed_epoch_and_step_alone(dataset):
    first, second = TrainingBatches(dataset, 8, 5, add_noise), TrainingBatches(dataset, 8, 5, add_noise)
    for _ in range(3):
        first.batch(0, 0)
    assert_same([first.batch(2, 3)], [second.batch(2, 3)])
    others = [TrainingBatches(dataset, 8, 6, add_noise).batch(2, 3), first.batch(1, 3), first.batch(2, 2)]
    assert all((first.batch(2, 3)[0] != images).any() for images, _ in others)


def test_each_step_draws_its_own_augmentation(dataset):
    drawn = []

    def draw(images, targets, generator):
        drawn.append(generator.random())
        return images, targets

    batches = TrainingBatches(dataset, 8, 5, draw)
    for epoch in range(3):
        for step in range(batches.steps):
            batches.batch(epoch, step)
    assert len(set(drawn)) == 3 * batches.steps


def test_an_epoch_has_every_training_image_once_with_its_label(dataset):
    batches = TrainingBatches(dataset, 6, 0)
    assert (batches.batch_size, batches.steps, len(batches.positions)) == (6, 7, 42)
    seen = []
    for step in range(batches.steps):
        images, targets = batches.batch(0, step)
        assert images.dtype == np.uint8
        assert targets.dtype == np.float32
        assert [number % 3 for number in numbers(images)] == targets.argmax(axis=1).tolist()
        seen += numbers(images)
    assert sorted(seen) == sorted(int(path) for path in dataset.rows("train")["path"])


def test_the_last_incomplete_training_batch_is_left_out(dataset):
    batches = TrainingBatches(dataset, 8, 0)
    assert batches.steps == 5
    assert {len(batches.batch(0, step)[0]) for step in range(5)} == {8}


def test_epochs_have_orders_of_their_own(dataset):
    batches = TrainingBatches(dataset, 8, 0)
    orders = [batches.order(epoch).tolist() for epoch in range(5)]
    assert all(sorted(order) == list(range(42)) for order in orders)
    assert len(set(map(tuple, orders))) == 5


def test_a_batch_larger_than_the_split_is_the_whole_split(dataset):
    batches = TrainingBatches(dataset, 1000, 0)
    assert (batches.batch_size, batches.steps) == (42, 1)
    assert len(batches.batch(0, 0)[0]) == 42


def test_the_stream_is_the_batches_in_order(dataset):
    batches = TrainingBatches(dataset, 8, 1, add_noise)
    wanted = [batches.batch(epoch, step) for epoch in range(3) for step in range(batches.steps)]
    assert_same(read(batches.from_epoch(0, 3)), wanted)


@pytest.mark.parametrize("epoch", [0, 1, 3])
def test_a_stream_from_a_later_epoch_goes_on_where_one_from_0_would_be(dataset, epoch):
    whole = read(TrainingBatches(dataset, 8, 1, add_noise).from_epoch(0, 4))
    assert_same(read(TrainingBatches(dataset, 8, 1, add_noise).from_epoch(epoch, 4)), whole[epoch * 5 :])


def test_no_epochs_left_give_no_batch(dataset):
    assert read(TrainingBatches(dataset, 8, 1).from_epoch(2, 2)) == []


def test_streams_know_all_of_their_shape_but_the_batch(dataset):
    for stream in (TrainingBatches(dataset, 8, 0).from_epoch(0, 1), OrderedBatches(dataset, "test", 8).stream()):
        assert [spec.shape.as_list() for spec in stream.element_spec] == [[None, 8, 8, 1], [None, 3]]


@pytest.mark.parametrize(("batch_size", "sizes"), [(5, [5, 5, 2]), (4, [4, 4, 4]), (100, [12])])
def test_ordered_batches_follow_the_manifest_to_a_short_last_one(dataset, batch_size, sizes):
    batches = OrderedBatches(dataset, "test", batch_size)
    found = read(batches.stream())
    assert [len(images) for images, _ in found] == sizes
    assert batches.steps == len(sizes)
    assert [n for images, _ in found for n in numbers(images)] == [int(path) for path in dataset.rows("test")["path"]]
    labels = np.concatenate([targets for _, targets in found]).argmax(axis=1)
    assert labels.tolist() == dataset.rows("test")["class_index"].tolist()


def test_one_hot_marks_the_label():
    assert one_hot(np.array([2, 0], np.int32), 3).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_targets_are_multiplied_by_the_weights_of_their_images_relative_to_the_mean(config, tmp_path):
    records = [
        Record(f"{number}", "ab"[number % 2], split, lambda number=number: Image.new("L", (8, 8), number * 4),
               weight=1.0 + 2 * (number % 2))
        for number in range(24)
        for split in [("train", "train", "validation", "test")[number // 2 % 4]]
    ]  # fmt: skip
    packed(records, config.data.model_copy(update={"height": 8, "width": 8}), tmp_path)
    dataset = Dataset(tmp_path)
    _, targets = TrainingBatches(dataset, batch_size=12, seed=0).batch(0, 0)
    assert sorted(targets.max(axis=1).tolist()) == [0.5] * 6 + [1.5] * 6
    assert (targets.argmax(axis=1) == (targets.max(axis=1) > 1)).all()
    assert read(OrderedBatches(dataset, "validation", 9).stream())[0][1].max() == 1


def test_equal_weights_change_nothing(config, tmp_path, dataset):
    records = [
        Record(
            f"{number}", "abc"[number % 3], None, lambda number=number: Image.new("L", (8, 8), number * 4), weight=2.0
        )
        for number in range(60)
    ]
    packed(records, config.data.model_copy(update={"height": 8, "width": 8}), tmp_path)
    assert Dataset(tmp_path).training_weights() is None
    assert dataset.training_weights() is None


def test_an_order_is_the_same_whenever_and_from_however_many_threads_it_is_asked_for(dataset):
    fresh = [TrainingBatches(dataset, batch_size=8, seed=3).order(epoch).tolist() for epoch in range(6)]
    batches = TrainingBatches(dataset, batch_size=8, seed=3)
    asked = [0, 1, 0, 2, 5, 1, 4, 3, 0] * 20
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda epoch: batches.order(epoch).tolist(), asked))
    assert found == [fresh[epoch] for epoch in asked]


@pytest.mark.parametrize(("seed", "epoch"), [(0, 0), (0, 1), (7, 3), (2**40, 100)])
def test_batches_are_those_of_a_permutation_drawn_by_seed_and_epoch(dataset, seed, epoch):
    """The formula must stay: the same seed gives the same training in every version."""
    rows = dataset.rows("train")
    order = np.random.Generator(np.random.Philox(key=[seed, epoch])).permutation(len(rows))
    batches = TrainingBatches(dataset, 8, seed)
    assert batches.order(epoch).tolist() == order.tolist()
    for step in range(batches.steps):
        images, targets = batches.batch(epoch, step)
        chosen = rows.iloc[order[8 * step : 8 * step + 8]]
        assert numbers(images) == [int(path) for path in chosen["path"]]
        assert targets.argmax(axis=1).tolist() == chosen["class_index"].tolist()
