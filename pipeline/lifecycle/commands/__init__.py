"""The sub-commands of `python -m pipeline.models`: each module has `add_parser` and `run`."""
