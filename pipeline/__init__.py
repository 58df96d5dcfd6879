"""From folders of images to a trained, tested, registered GoogLeNet."""
