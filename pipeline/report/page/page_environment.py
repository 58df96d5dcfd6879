"""How the templates of pages become HTML."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2


def page_environment(*folders: Path) -> "jinja2.Environment":
    """Return an environment that escapes every value and refuses a missing one.

    Args:
        folders: that hold the templates; the first that has a template counts. The templates that all pages share
            (`page_base.css.j2` and others) are found after theirs.
    """
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([*folders, Path(__file__).parent]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
