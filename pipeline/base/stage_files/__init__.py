"""What stages and DVC wrote, read."""
