import pandas as pd

from pipeline.data.packing.last_split import LastSplit


def manifest(splits):
    return pd.DataFrame(
        {"digest": [f"{n:064x}" for n in range(len(splits))], "split": splits, "position": range(len(splits))}
    )


def test_the_split_is_kept_for_the_same_settings_alone(config, tmp_path):
    data = config.data
    assert LastSplit(tmp_path, data).read() is None
    LastSplit(tmp_path, data).write(manifest(["train", "test"]))
    LastSplit(tmp_path, data).write(manifest(["test", "test", "train"]))
    assert LastSplit(tmp_path, data).read()["split"].tolist() == ["test", "test", "train"]
    larger = data.model_copy(update={"height": 99})
    assert LastSplit(tmp_path, larger).read() is not None
    other = data.model_copy(update={"split": data.split.model_copy(update={"seed": 9})})
    assert LastSplit(tmp_path, other).read() is None


def test_a_damaged_file_is_as_if_there_were_none(config, tmp_path):
    last = LastSplit(tmp_path, config.data)
    last.write(manifest(["train"]))
    last.file.write_bytes(b"damaged")
    assert last.read() is None
