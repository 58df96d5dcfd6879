"""Near duplicates among many images, mirrored ones too."""
