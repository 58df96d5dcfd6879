"""What a version was made from."""
