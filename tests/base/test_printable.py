import os

import pytest

from pipeline.base.printable import printable, public_address


@pytest.mark.parametrize("text", ["", "plain.jpg", "C:\\photos", "naïve 猫 قطة", "<b>&amp;\"'", "😀"])
def test_what_can_be_seen_stays(text):
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\r\tend", r"two\nlines\r\tend"),
        ("\x1b[31mred\x00\x7f", r"\x1b[31mred\x00\x7f"),
        ("gpj.\u202eexe", r"gpj.\u202eexe"),
        ("\u2066a\u2069\u200e\u200b", r"\u2066a\u2069\u200e\u200b"),
        ("no\u00a0break\u2028line", r"no\xa0break\u2028line"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_cannot_be_seen_becomes_an_escape(text, shown):
    assert printable(text) == shown


def test_a_name_that_is_not_utf8_can_be_written():
    shown = printable(os.fsdecode(b"caf\xe9.jpg"))
    assert shown == r"caf\udce9.jpg"
    assert shown.encode("utf-8")


@pytest.mark.parametrize("emoji", ["👩‍🔬", "❤️", "🏳️‍🌈"])
def test_an_emoji_of_several_parts_stays_whole(emoji):
    assert printable(emoji) == emoji
    assert printable(emoji + "\n") == emoji + r"\n"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (
            "https://ann:secret@host.example:80/a/photos.zip?X-Signature=secret#part",
            "https://host.example:80/a/photos.zip",
        ),
        ("https://ann:p@ss@host.example/a@b.zip", "https://host.example/a@b.zip"),
        ("https://host.example?key=secret@x", "https://host.example"),
        ("s3://bucket/flowers/", "s3://bucket/flowers/"),
        ("/home/ann@work/flowers?#1", "/home/ann@work/flowers?#1"),
        ("C:\\photos", "C:\\photos"),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret(address, public):
    assert public_address(address) == public
