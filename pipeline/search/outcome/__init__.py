"""What a search found: ranking, retraining, recommendation."""
