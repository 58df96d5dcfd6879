"""Training under Keras's JAX backend, for GPUs without TensorFlow."""
