"""What a prediction costs."""

from pipeline.base.printable import printable
from pipeline.evaluation.cost import ModelCost
from pipeline.report.page.number_text import bytes_text, rounded_text


def cost_facts(cost: ModelCost) -> list[tuple[str, str]]:
    """Return labels and texts.

    Args:
        cost: latency in seconds, rate in images per second.
    """
    threads = f"{cost.threads} thread{'s' if cost.threads != 1 else ''}"
    return [
        ("One image", duration_text(cost.latency)),
        ("Batches of 32", f"{cost.rate:,.0f} images/s"),
        ("Parameters", rounded_text(cost.parameters)),
        ("Multiply-adds for an image", rounded_text(cost.multiply_adds)),
        ("Size for Keras", bytes_text(cost.keras_bytes)),
        ("Size for OpenVINO", bytes_text(cost.openvino_bytes)),
        ("Measured with", printable(f"{cost.engine}, {threads}")),
        ("Processor", printable(cost.processor)),
    ]


def duration_text(seconds: float) -> str:
    """Return a short time in milliseconds, a longer one in seconds."""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{1000 * seconds:.2g} ms" if seconds < 0.01 else f"{1000 * seconds:.0f} ms"
