"""A worker: the fastest product of two 4096×4096 matrices, in floating-point operations per second."""

from functools import partial
from typing import Any

from benchmarks.worker import Measurement, measure, serve
from pipeline.base.tensorflow_import import import_tensorflow

SIDE = 4096
OPERATIONS = 2 * SIDE**3  # a multiplication and an addition per pair of elements
MINIMUM_PRODUCTS = 3


def main() -> None:
    """Serve `float32` and `bfloat16`."""
    import_tensorflow()
    import tensorflow as tf

    matrix = tf.random.normal((SIDE, SIDE))
    cases = {"float32": matrix, "bfloat16": tf.cast(matrix, tf.bfloat16)}
    serve({name: partial(fastest_product, each) for name, each in cases.items()}, {})


def fastest_product(matrix: Any, seconds: float) -> Measurement:
    """Return the measurement of the fastest product of `matrix` with itself, among those that fit into `seconds`."""
    import tensorflow as tf

    products: list[Measurement] = []
    while len(products) < MINIMUM_PRODUCTS or sum(product.seconds for product in products) < seconds:
        products.append(measure(lambda: tf.linalg.matmul(matrix, matrix), OPERATIONS, 0.0, minimum=1))
    return max(products, key=lambda product: product.rate)


if __name__ == "__main__":
    main()
