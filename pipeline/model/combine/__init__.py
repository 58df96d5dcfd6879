"""One model of several views of an image, or of several networks."""
