"""From images of any source to packed arrays, a manifest and batches."""
