"""Outputs of stages that are missing or damaged: one sentence that names the stage to run."""

import numpy as np
import pandas as pd
import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.stage_files.stage_output import read_stage_output, read_stage_table
from pipeline.data.golden_batch import read_golden
from pipeline.data.shards import Shards

GARBAGE = b"\x93garbage\xff\x00" * 20


def damage(file, how):
    """Damage a file: half of it, none of it, garbage, or a folder in its place."""
    whole = file.read_bytes()
    if how == "folder":
        file.unlink()
        file.mkdir()
    else:
        file.write_bytes({"half": whole[: len(whole) // 2], "empty": b"", "garbage": GARBAGE}[how])


def write(folder, name):
    """Write a whole output; return how it is read."""
    file = folder / name
    if name == "run.json":
        file.write_text('{"run_id": "a", "model_digest": "b"}')
        return lambda: read_stage_output(file, "train")["run_id"]
    if name == "golden.json":
        file.write_text('{"images": [], "probabilities": []}')
        return lambda: read_golden(file)
    if name == "manifest.parquet":
        pd.DataFrame({"digest": ["a"] * 9}).to_parquet(file)
        return lambda: read_stage_table(file, "train", ["digest"])
    if name == "history.csv":
        pd.DataFrame({"epoch": [1], "loss": [0.5]}).to_csv(file, index=False)
        return lambda: read_stage_table(file, "train", ["epoch", "loss"])
    np.save(file, np.zeros((9, 4, 4, 1), np.uint8))
    return lambda: Shards(folder)


@pytest.mark.parametrize("how", ["half", "empty", "garbage", "folder"])
@pytest.mark.parametrize("name", ["run.json", "golden.json", "manifest.parquet", "images-00000.npy", "history.csv"])
def test_a_damaged_output_is_one_sentence_that_names_the_stage(tmp_path, name, how):
    read = write(tmp_path, name)
    read()
    damage(tmp_path / name, how)
    if (name, how) == ("history.csv", "half"):
        return  # a shorter table: DVC knows its digest, nothing else does
    with pytest.raises(PipelineError, match=f"{name} is .*dvc repro (--force )?(train|prepare)$") as refused:
        read()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["[1, 2]", "{}", '{"model_digest": "b"}'])
def test_json_of_another_kind_and_a_missing_value_are_named(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(PipelineError, match=r"run.json is damaged: it .*; bring it back with"):
        read_stage_output(tmp_path / "run.json", "train")["run_id"]


def test_a_shard_in_the_middle_that_is_too_short_is_named(tmp_path):
    for number in range(3):
        np.save(tmp_path / f"images-{number:05d}.npy", np.zeros((9, 4, 4, 1), np.uint8))
    damage(tmp_path / "images-00001.npy", "half")
    with pytest.raises(PipelineError, match=r"images-00001.npy is damaged .*dvc repro --force prepare"):
        Shards(tmp_path)
