"""Text that is safe to show: names of files and classes may hold anything."""

JOINER = "\u200d"  # between the parts of an emoji; variation selectors are printable already


def printable(text: str) -> str:
    r"""Return `text` with a backslash escape in place of each character that cannot be seen.

    These are control characters, line breaks, marks that change the direction of writing, spaces other than the
    usual one, and the lone surrogates that stand for bytes outside UTF-8. The result can be encoded as UTF-8.
    The zero-width joiner stays, since emoji need it. Backslashes stay as they are.

    Args:
        text: any string.

    Example:
        >>> print(printable("two\nlines"))
        two\nlines
    """
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or one == JOINER else one.encode("unicode_escape").decode("ascii") for one in text
    )


def encodable(text: str) -> str:
    """Return `text` with a backslash escape in place of each lone surrogate, which no UTF-8 file can hold."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def public_address(address: str) -> str:
    """Return an address without its user, password, query and fragment; a path stays as it is.

    Args:
        address: a URL, or a path.

    Example:
        >>> public_address("https://ann:secret@host.example/photos.zip?signature=secret")
        'https://host.example/photos.zip'
    """
    scheme, slashes, rest = address.partition("://")
    if not slashes:
        return address
    host, slash, path = rest.partition("?")[0].partition("#")[0].partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
