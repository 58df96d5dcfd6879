"""How fast training and inference are, beside the CPU's peak, plain Keras and PyTorch."""
