"""The shell of every command: an error becomes one sentence, an interrupt one line, and each has its exit code."""

import argparse
import os
import select
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

from pipeline.base.addresses.credentials import masked
from pipeline.base.errors import PipelineError
from pipeline.base.processes.stop_signals import EXIT_INTERRUPTED, handle_stop_signals, stop_exit_code
from pipeline.base.system_errors import output_error, system_error
from pipeline.base.temporary.temporary_folder import temporary_folder

EXIT_FINDING = 3  # the command worked, and found what it looks for: a difference, an alarm, a problem
EXIT_BROKEN_PIPE = 141  # 128 + SIGPIPE


class SubParsers(Protocol):
    """What `ArgumentParser.add_subparsers` returns; argparse has no public name for it."""

    def add_parser(
        self,
        name: str,
        *,
        help: str,  # noqa: A002 (argparse calls it so)
        description: str,
        formatter_class: type[argparse.HelpFormatter] = ...,
    ) -> argparse.ArgumentParser:
        """Add a sub-command; return its parser."""
        ...


def run_command(action: Callable[[], object]) -> None:
    """Call `action` and exit: 0 when it returns, 1 with a sentence for a `PipelineError`.

    Ctrl-C, SIGTERM and SIGHUP end it with one line and 130, 143 and 129. No secret of an address is shown.
    If the reader of standard output has closed it (`| head`), exit silently with 141.
    """
    handle_stop_signals()
    sys.excepthook = _print_traceback
    threading.excepthook = _print_thread_traceback
    try:
        with temporary_folder():
            action()
        sys.stdout.flush()
    except BrokenPipeError:
        if not _reader_is_gone():
            raise
        sys.exit(EXIT_BROKEN_PIPE)
    except PipelineError as error:
        _print_error(f"error: {error}")
        sys.exit(1)
    except KeyboardInterrupt as interrupt:
        code = stop_exit_code()
        word = "interrupted" if code == EXIT_INTERRUPTED else "terminated"
        _print_error(f"{word}: {interrupt}" if interrupt.args else f"{word}.")
        sys.exit(code)
    except Exception as error:
        _end_by_system_error(error)
        raise


def _end_by_system_error(error: Exception) -> None:
    """Exit with a sentence if the operating system is to blame; else return."""
    if (refused := output_error()) is not None:
        print(f"error: cannot write the output: {refused.strerror}", file=sys.stderr, flush=True)
        os._exit(1)  # flushing it once more at the end would fail again
    if (sentence := system_error(error)) is not None:
        _print_error(f"error: {sentence}")
        sys.exit(1)


def _reader_is_gone() -> bool:
    """Return whether standard output has no reader any more; if so, send what is left in its buffer nowhere."""
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)  # poll reports errors without being asked for them
    if not output.poll(0):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def _print_error(line: str) -> None:
    sys.stdout.flush()
    print(masked(line), file=sys.stderr, flush=True)


def _print_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an unexpected error as Python does, without secrets."""
    _print_error("".join(traceback.format_exception(kind, error, trace)).rstrip("\n"))


def _print_thread_traceback(end: threading.ExceptHookArgs) -> None:
    """Print an unexpected error that ended a thread."""
    if end.exc_value is not None:
        _print_traceback(end.exc_type, end.exc_value, end.exc_traceback)
