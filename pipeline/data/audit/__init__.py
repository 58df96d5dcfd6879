"""What is conspicuous about the images of a source."""
