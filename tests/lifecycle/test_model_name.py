import pytest

from pipeline.base.errors import PipelineError
from pipeline.lifecycle.model_name import ModelName, parse_model_name


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (None, ModelName("mine")),
        ("", ModelName("mine")),
        ("flowers", ModelName("flowers")),
        ("models:/flowers", ModelName("flowers")),
        ("flowers@champion", ModelName("flowers", "champion")),
        ("models:/flowers/3", ModelName("flowers", None, 3)),
        ("@candidate", ModelName("mine", "candidate")),
        ("two words/12", ModelName("two words", None, 12)),
    ],
)
def test_a_name_is_read_with_and_without_the_registrys_prefix(text, meant):
    assert parse_model_name(text, "mine") == meant


@pytest.mark.parametrize("text", ["flowers/three", "flowers@", "a/b/3", "flowers@a/3", "runs:/x", "flowers/", "a@b@c"])
def test_anything_else_is_one_sentence(text):
    with pytest.raises(PipelineError, match="names no registered model; write NAME, NAME@ALIAS or NAME/3"):
        parse_model_name(text, "mine")


def test_it_is_written_as_it_is_read():
    for text in ("flowers", "flowers@champion", "flowers/3"):
        assert str(parse_model_name(text, "mine")) == text
