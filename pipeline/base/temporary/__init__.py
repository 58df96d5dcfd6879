"""What is under construction and temporary, and what killed processes left of it."""
