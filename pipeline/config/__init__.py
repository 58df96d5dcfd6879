"""From conf/ to params.yaml to typed settings."""
