"""What a model is, where it comes from, and what it costs."""
