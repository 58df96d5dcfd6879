"""Every setting with its type, range and meaning."""
