"""What is read from a Keras Tuner trial."""

from pipeline.search.trial_values import failure_reason


def test_missing_memory_is_part_of_the_reason():
    lines = ["Traceback", "  x.ResourceExhaustedError", "tf.errors.ResourceExhaustedError: Graph execution error:", ""]
    lines += ["OOM when allocating tensor with shape[9,9]", " [[{{node a}}]] [Op:__inference_1]"]
    expected = "tf.errors.ResourceExhaustedError: Graph execution error: OOM when allocating tensor with shape[9,9]"
    assert failure_reason("\n".join(lines)) == expected


def test_the_reason_is_the_last_line_of_a_traceback():
    assert failure_reason("Traceback\n  File\nValueError: bad shape\n") == "ValueError: bad shape"
    assert failure_reason(None) == "unknown"
