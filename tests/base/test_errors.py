from pipeline.base.errors import did_you_mean, nearest, one_line


def test_a_message_of_many_lines_becomes_one_of_limited_length():
    error = ValueError("first line\n   second\tline\n" + "x" * 500)
    assert one_line(error, 30) == "first line second line xxxxxxx"


def test_the_nearest_option_is_suggested():
    assert nearest("epcohs", ["epochs", "seed"]) == "epochs"
    assert did_you_mean("epochs") == " (did you mean 'epochs'?)"


def test_nothing_is_suggested_if_nothing_is_near():
    assert nearest("learning", ["seed", "xla"]) is None
    assert did_you_mean(None) == ""
