"""Pages of docs/ with a generated part, which stands between two marker lines."""


def replace_part(page: str, name: str, text: str) -> str:
    """Return `page` with `text` between the marker lines of one generated part.

    Args:
        page: Markdown with the lines `<!-- NAME: begin -->` and `<!-- NAME: end -->`, once each.
        name: name of the part.
        text: whole lines; replaces what is between the markers.
    """
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    before, rest = page.split(begin)
    _, after = rest.split(end)
    return before + begin + text + end + after
