"""Names that nothing in them can break a terminal, a table or a page with."""

KEPT = {"\u200d", "\ufe0e", "\ufe0f"}  # join and vary emoji


def printable(text: str) -> str:
    r"""Return `text` with its non-printable characters (controls, line ends, lone surrogates) as backslash escapes.

    Example:
        >>> print(printable("a\x1b[31m.jpg"))
        a\x1b[31m.jpg
    """
    return "".join(char if char.isprintable() or char in KEPT else _escaped(char) for char in text)


def encodable(text: str) -> str:
    """Return `text` with its lone surrogates, which no file can hold as UTF-8, as backslash escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
