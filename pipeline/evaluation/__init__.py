"""The trained network measured on the test images."""
