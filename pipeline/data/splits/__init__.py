"""How images are divided into training, validation and test images, and into folds."""
