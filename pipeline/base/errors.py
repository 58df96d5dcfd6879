"""The one exception that a user is meant to read."""


class PipelineError(Exception):
    """Bad input or a bad state, told in one sentence: what is wrong, where, what to do."""
