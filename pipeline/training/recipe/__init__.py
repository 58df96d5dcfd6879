"""The recipe as Keras objects: optimizer, loss, learning rate, augmentation."""
