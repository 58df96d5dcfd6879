"""The page of a comparison of new images with the reference."""
