import hashlib
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline.base.errors import PipelineError
from pipeline.data.packing.shard_writer import write_shards
from pipeline.data.statistics import image_statistics
from pipeline.data.statistics.image_statistics import (
    STATISTICS,
    mean_and_deviation,
    read_statistics,
    write_statistics,
)
from pipeline.data.statistics.reference_histogram import EDGES, QUANTILES, ReferenceHistogram

COUNT = 40


def manifest_of(count):
    return pd.DataFrame(
        {
            "split": [("train", "train", "train", "validation", "test")[number % 5] for number in range(count)],
            "position": np.arange(count),
            "digest": [hashlib.sha256(bytes([number])).hexdigest() for number in range(count)],
            "width": np.arange(count) + 20,
            "height": 480,
            "sharpness": [math.nan if number % 4 else number / 100 for number in range(count)],
        }
    )


@pytest.fixture
def manifest():
    manifest = manifest_of(COUNT)
    manifest.loc[5, "position"] = -1  # left out: its pixels lie there unused
    return manifest


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (COUNT, 6, 5, 3), np.uint8)


def written(folder, pixels, manifest):
    folder.mkdir()
    write_shards(folder, pixels)
    write_statistics(folder, manifest)
    return folder


def test_they_are_those_of_the_training_images(tmp_path, pixels, manifest):
    statistics = read_statistics(written(tmp_path / "images", pixels, manifest))
    chosen = manifest[(manifest["split"] == "train") & (manifest["position"] >= 0)]
    train = pixels[chosen["position"]]
    assert statistics.images == statistics.training_images == len(train) == 23
    for number, channel in enumerate(statistics.channels):
        assert channel.mean == pytest.approx(train[..., number].mean(), abs=1e-4)
        assert channel.standard_deviation == pytest.approx(train[..., number].std(), abs=1e-4)
        assert list(channel.histogram) == np.histogram(train[..., number], range(0, 257, 8))[0].tolist()
    luminance = train @ [0.299, 0.587, 0.114]
    assert list(statistics.measures) == list(EDGES)
    brightness, contrast = statistics.measures["brightness"], statistics.measures["contrast"]
    assert brightness.quantiles[0] == pytest.approx(luminance.mean(axis=(1, 2)).min(), abs=0.5)
    assert contrast.quantiles[-1] == pytest.approx(luminance.std(axis=(1, 2)).max(), abs=0.5)
    width, sharpness = statistics.measures["width"], statistics.measures["sharpness"]
    assert width.quantiles[0] == chosen["width"].min()
    assert width.quantiles[-1] == chosen["width"].max()
    assert sharpness.missing == chosen["sharpness"].isna().sum() > 0
    assert all(sum(one.counts) + one.missing == 23 for one in statistics.measures.values())


def test_what_is_read_is_what_was_written(tmp_path, pixels, manifest):
    write_shards(tmp_path, pixels)
    assert write_statistics(tmp_path, manifest) == read_statistics(tmp_path)


def test_the_order_of_the_images_plays_no_part(tmp_path, pixels, manifest):
    """The file is the same, byte for byte."""
    one = written(tmp_path / "one", pixels, manifest) / STATISTICS
    order = np.random.default_rng(1).permutation(COUNT)
    moved = manifest.iloc[order].reset_index(drop=True)
    moved["position"] = np.where(moved["position"] >= 0, np.arange(COUNT), -1)
    other = written(tmp_path / "other", pixels[order], moved) / STATISTICS
    assert one.read_bytes() == other.read_bytes()


def test_of_many_images_the_digests_decide_which_are_looked_at(tmp_path, pixels, manifest, monkeypatch):
    monkeypatch.setattr(image_statistics, "MOST_IMAGES", 7)
    statistics = read_statistics(written(tmp_path / "images", pixels, manifest))
    assert (statistics.images, statistics.training_images) == (7, 23)
    chosen = manifest[(manifest["split"] == "train") & (manifest["position"] >= 0)].sort_values("digest")[:7]
    assert statistics.channels[1].mean == pytest.approx(pixels[chosen["position"]][..., 1].mean(), abs=1e-4)


def test_gray_images_have_one_channel(tmp_path, pixels, manifest):
    gray = pixels[..., :1]
    statistics = read_statistics(written(tmp_path / "images", gray, manifest))
    chosen = manifest[(manifest["split"] == "train") & (manifest["position"] >= 0)]
    (channel,) = statistics.channels
    assert channel.mean == pytest.approx(gray[chosen["position"]].mean(), abs=1e-4)
    mean = gray[chosen["position"]].mean(axis=(1, 2, 3))
    assert statistics.measures["brightness"].quantiles[-1] == pytest.approx(mean.max(), abs=1e-4)


def test_data_without_statistics_say_how_to_make_them(tmp_path):
    with pytest.raises(PipelineError, match="dvc repro prepare"):
        read_statistics(tmp_path)


@given(arrays.arrays(np.uint8, st.integers(1, 300)))
def test_mean_and_deviation_are_those_of_the_values(values):
    mean, deviation = mean_and_deviation(np.bincount(values, minlength=256))
    assert mean == pytest.approx(values.mean())
    assert deviation == pytest.approx(values.std(), abs=1e-6)


@given(
    name=st.sampled_from(sorted(EDGES)),
    values=arrays.arrays(np.float64, st.integers(0, 50), elements=st.floats(0, 1e5) | st.just(math.nan)),
)
def test_every_value_is_counted_once(name, values):
    histogram = ReferenceHistogram.of(name, values)
    assert sum(histogram.counts) + histogram.missing == len(values)
    assert len(histogram.counts) == len(histogram.edges) - 1
    assert len(histogram.quantiles) == (len(QUANTILES) if histogram.missing < len(values) else 0)
    assert list(histogram.quantiles) == sorted(histogram.quantiles)


def test_a_bin_holds_its_lower_edge_and_the_last_one_what_lies_beyond():
    counts = ReferenceHistogram.of("width", np.array([1.0, 8.0, 11.0, 640.0, 16384.0, 10**6])).counts
    edges = EDGES["width"]
    assert edges[:3] == (0, 8, 11)
    assert counts[:3] == (1, 1, 1)
    assert counts[-1] == 2


@pytest.mark.parametrize("name", sorted(EDGES))
def test_edges_grow(name):
    assert list(EDGES[name]) == sorted(set(EDGES[name]))
