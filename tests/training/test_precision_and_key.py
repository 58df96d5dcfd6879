"""What a training runs in, and the key of a training."""

import shutil

import pytest

from pipeline.runtime.engine.cores import cpu_flags
from pipeline.tracking.history_file import read_history, write_history
from pipeline.training.precision import CPU_BFLOAT16, choose_precision
from pipeline.training.training_key import source_digest, training_key

X86 = "processor\t: 0\nmodel name\t: A: B\nflags\t\t: fpu sse2 avx512_bf16\n\nprocessor\t: 1\nflags\t\t: fpu amx_bf16\n"
ARM = "processor\t: 0\nFeatures\t: fp asimd bf16\nCPU implementer\t: 0x41\n"


@pytest.mark.parametrize(
    ("text", "flags"),
    [(X86, {"fpu", "sse2", "avx512_bf16"}), (ARM, {"fp", "asimd", "bf16"}), ("model: x\n", set()), ("", set())],
)
def test_the_first_processors_flags_are_read(tmp_path, text, flags):
    file = tmp_path / "cpuinfo"
    file.write_text(text, encoding="utf-8")
    assert cpu_flags(file) == flags


def test_no_cpuinfo_is_no_flags(tmp_path):
    assert cpu_flags(tmp_path / "none") == set()


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_a_configured_precision_is_taken(precision):
    assert choose_precision(precision) == (precision, "as configured")


def test_auto_on_a_cpu_is_bfloat16_only_where_the_processor_has_it(keras):
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        pytest.skip("a GPU decides here")
    policy, reason = choose_precision("auto")
    assert policy == ("mixed_bfloat16" if CPU_BFLOAT16 & cpu_flags() else "float32")
    assert reason.startswith("this CPU has ")


def with_changes(config, section, **changed):
    return config.model_copy(update={section: getattr(config, section).model_copy(update=changed)})


def test_the_key_changes_with_network_recipe_data_and_the_weights_to_start_from(config):
    keys = [
        training_key(config, "a"),
        training_key(config, "b"),
        training_key(config, "a", ["weights"]),
        training_key(config, "a", ["others"]),
        training_key(with_changes(config, "recipe", seed=1), "a"),
        training_key(with_changes(config, "recipe", epochs=13), "a"),
        training_key(with_changes(config, "model", dropout=0.3), "a"),
    ]
    assert len(set(keys)) == len(keys)


def test_the_key_stays_when_what_changes_has_no_part_in_training(config):
    key = training_key(config, "a")
    assert training_key(with_changes(config, "evaluation", top_k=5), "a") == key
    assert training_key(with_changes(config, "gate", accuracy=0.1), "a") == key
    assert training_key(with_changes(config, "tracking", experiment="other"), "a") == key
    assert training_key(with_changes(config, "data", path="/elsewhere"), "a") == key


def test_the_code_that_trains_is_part_of_the_digest_and_other_code_is_not(root, tmp_path):
    package = tmp_path / "pipeline"
    shutil.copytree(root / "pipeline", package, ignore=shutil.ignore_patterns("__pycache__"))
    before = source_digest(package=package)
    assert before == source_digest(package=root / "pipeline")
    (package / "registry/gate.py").write_text("", encoding="utf-8")
    assert source_digest(package=package) == before
    for room in ("data", "model", "training"):
        (package / room / "new.py").write_text("", encoding="utf-8")
        before, old = source_digest(package=package), before
        assert before != old


def test_comments_docstrings_and_formatting_are_no_part_of_the_digest(tmp_path):
    file = tmp_path / "training" / "one.py"
    file.parent.mkdir()
    digests = []
    for code in (
        'def double(x: int) -> int:\n    """Return it."""\n    return 2 * x\n',
        '"""A module."""\n\n\ndef double(\n    x: int,\n) -> int:  # twice\n    return (2 * x)\n',
        'def double(x: int) -> int:\n    """Return it."""\n    return 3 * x\n',
        'def double(x: int) -> int:\n    return "Return it."\n    return 2 * x\n',
        "def double(x: int) -> int:\n    return 2 * x +\n",  # no Python, as if it were edited now
    ):
        file.write_text(code, encoding="utf-8")
        digests.append(source_digest(("training",), tmp_path))
    assert digests[0] == digests[1]
    assert len(set(digests[1:])) == 4


def test_a_history_is_read_back_as_written(tmp_path):
    rows = [
        {"epoch": 1.0, "loss": 2.25, "val_accuracy": 0.5, "learning_rate": 1e-5},
        {"epoch": 2.0, "loss": 0.123456, "val_accuracy": 1.0, "learning_rate": 0.0},
    ]
    write_history(rows, tmp_path / "new/history.csv")
    assert read_history(tmp_path / "new/history.csv") == rows
    lines = (tmp_path / "new/history.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["epoch,loss,val_accuracy,learning_rate", "1,2.25,0.5,1e-05"]
