"""Two models compared on the test images of both."""
