"""Charts of the evaluation page: numbers become places in an SVG."""
