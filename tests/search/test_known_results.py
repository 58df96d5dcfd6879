"""Results of finished trainings, whole and damaged."""

import json

import pytest

from pipeline.search.known_results import KnownResults

EPOCH = {"epoch": 1.0, "loss": 1.0, "accuracy": 0.5, "val_loss": 1.1, "val_accuracy": 0.4, "learning_rate": 0.1}


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"<<<<<<<", b"null", b"[]", b"[1]", b'{"a": [1]}', b'[{"epoch": 1.0}]',
     json.dumps([EPOCH | {"loss": None}]).encode()],
)  # fmt: skip
def test_a_damaged_result_is_not_known_and_written_again(tmp_path, content):
    known = KnownResults(tmp_path)
    assert known.take("a") is None
    known.keep("a", [EPOCH])
    [file] = (tmp_path / "known").iterdir()
    file.write_bytes(content)
    assert (known.take("a"), known.taken) == (None, 0)
    known.keep("a", [EPOCH])
    assert (known.take("a"), known.taken) == ([EPOCH], 1)
