"""The registry and what the workspace says of it: compared, and brought in line without training."""
