"""The registry compared with the workspace's result, and brought in line without training."""
