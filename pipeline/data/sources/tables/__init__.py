"""Tables of labels: their values, their rows, and the files that these name."""
