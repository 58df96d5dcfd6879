"""What computes a network's predictions."""
