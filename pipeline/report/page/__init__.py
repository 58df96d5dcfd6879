"""What the pages have in common: templates, pictures, axes."""
