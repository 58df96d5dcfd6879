"""What differs by Keras backend and device."""
