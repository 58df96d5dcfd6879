"""The page: one HTML text that loads nothing but examples and answers from its own server."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from pipeline.base.printable import printable
from pipeline.report.page.page_environment import page_environment
from pipeline.runtime.classifier import Classifier
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.web.example_images import Example
from pipeline.web.request_guard import MOST_BYTES

PAGE, STYLE, SCRIPT = "demo_page.html.j2", "demo_style.css.j2", "demo_script.js.j2"
FITTING = {"stretch": "stretched", "crop": "cropped and resized", "pad": "resized and padded"}


def demo_page(classifier: Classifier, examples: Sequence[Example]) -> tuple[str, str]:
    """Return the page, and the content security policy that lets it do what it does and no more.

    Args:
        classifier: the model to try.
        examples: images to offer.
    """
    environment = page_environment(Path(__file__).parent)
    style = environment.get_template(STYLE).render()
    script = environment.get_template(SCRIPT).render(most_bytes=MOST_BYTES)
    page = environment.get_template(PAGE).render(
        model=printable(classifier.name),
        engine=classifier.engine.name,
        classes=f"{len(classifier.classes):,}",
        size=_size(classifier.spec.preprocessing),
        fitting=FITTING.get(classifier.spec.preprocessing.resize, "resized"),
        examples=[printable(example.label) for example in examples],
        style=Markup(style),
        script=Markup(script),
    )
    policy = {
        "default-src": "'none'",
        "base-uri": "'none'",
        "connect-src": "'self'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "img-src": "'self' data:",
        "script-src": _hash(script),
        "style-src": _hash(style),
    }
    return page, "; ".join(f"{name} {value}" for name, value in policy.items())


def _size(preprocessing: Preprocessing) -> str:
    color = "gray" if preprocessing.channels == 1 else "color"
    return f"{preprocessing.width} × {preprocessing.height} pixels, {color}"


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
