"""A worker: the fastest product of two 4096×4096 matrices, in floating-point operations per second."""

from typing import Any

from benchmarks.worker import Measured, serve, timed
from pipeline.base.quiet import import_tensorflow

SIDE = 4096
OPERATIONS = 2 * SIDE**3  # a multiplication and an addition per element pair


def main() -> None:
    """Serve `float32` and `bfloat16`."""
    import_tensorflow()
    import tensorflow as tf

    matrix = tf.random.normal((SIDE, SIDE))
    halved = tf.cast(matrix, tf.bfloat16)
    serve(
        {"float32": lambda seconds: fastest(matrix, seconds), "bfloat16": lambda seconds: fastest(halved, seconds)}, {}
    )


def fastest(matrix: Any, seconds: float) -> Measured:
    """Return the fastest of the products that fit into `seconds`."""
    import tensorflow as tf

    products: list[Measured] = []
    while len(products) < 3 or sum(product.seconds for product in products) < seconds:
        products.append(timed(lambda: tf.linalg.matmul(matrix, matrix), OPERATIONS, 0.0, least=1))
    return max(products, key=lambda product: product.rate)


if __name__ == "__main__":
    main()
