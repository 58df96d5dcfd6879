"""What is kept of a training to compare new images with."""
