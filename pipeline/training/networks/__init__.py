"""The networks of a training: built, loaded, warm-started, and saved for inference."""
