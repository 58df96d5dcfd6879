"""What the training images look like on the whole, for whoever compares new images with them."""
