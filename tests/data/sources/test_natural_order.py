from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.sources.natural_order import natural_key

names = st.text(st.sampled_from("aA10٣２é/ß._ \udce9²½日"), max_size=8) | st.text(max_size=8)


def test_numbers_letters_and_folders_are_in_the_order_that_people_expect():
    ordered = ["1", "02", "2", "10", "A9", "a10", "B", "cat/2", "cat/10", "cat 2/1"]
    assert sorted(ordered[5:] + ordered[:5], key=natural_key) == ordered
    assert sorted(["12", "1", "10", "2"], key=natural_key) == ["1", "2", "10", "12"]
    assert sorted(["b", "C", "a"], key=natural_key) == ["a", "b", "C"]
    assert sorted(["cat 2/1", "cat/10", "cat/2"], key=natural_key) == ["cat/2", "cat/10", "cat 2/1"]


@given(names, names)
def test_only_equal_names_are_equal(one, other):
    assert (natural_key(one) == natural_key(other)) == (one == other)
    assert (natural_key(one) < natural_key(other)) + (natural_key(other) < natural_key(one)) == (one != other)


@given(st.lists(names, max_size=6))
def test_the_order_is_the_same_however_names_are_listed(some):
    ordered = sorted(some, key=natural_key)
    some.reverse()
    assert sorted(some, key=natural_key) == ordered


@given(st.text(max_size=4), st.integers(0, 10**30), st.integers(0, 10**30))
def test_numbers_are_compared_as_numbers(text, one, other):
    text = text.rstrip("0123456789")
    text = text + "_"
    if one != other:
        assert (natural_key(f"{text}{one}") < natural_key(f"{text}{other}")) == (one < other)


def test_a_number_longer_than_python_converts_is_compared():
    assert natural_key("9" * 5000) < natural_key("1" + "0" * 5000)
