"""The one exception that a user is meant to read."""


class PipelineError(Exception):
    """Bad input or a bad state, in one sentence: what is wrong, where, what to do."""


def one_line(error: BaseException, length: int = 300) -> str:
    """Return the message of `error` on one line of at most `length` characters."""
    return " ".join(str(error).split())[:length]
