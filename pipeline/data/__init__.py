"""From images as they come to packed arrays, a manifest and batches."""
