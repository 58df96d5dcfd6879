"""What happens to a registered model after its registration."""
