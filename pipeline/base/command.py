"""The shell of every command: errors become one sentence, interrupts become one line."""

import os
import select
import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.base.errors import PipelineError

INTERRUPTED = 130  # 128 + SIGINT, the shells' convention
UNREAD = 141  # 128 + SIGPIPE


def run(action: Callable[[], object]) -> None:
    """Call `action` and exit: 0 when it returns, 1 with a sentence for a `PipelineError`, 130 for Ctrl-C.

    Where nobody reads what it prints any more (`| head`): 141, without a word.
    """
    try:
        action()
        sys.stdout.flush()
    except BrokenPipeError:
        if not _unread():
            raise
        sys.exit(UNREAD)
    except PipelineError as error:
        _say(f"error: {error}")
        sys.exit(1)
    except KeyboardInterrupt as interrupt:
        _say(f"interrupted: {interrupt}" if interrupt.args else "interrupted.")
        sys.exit(INTERRUPTED)


def run_stage(name: str, action: Callable[[Path], object]) -> None:
    """Run a DVC stage's `action` in the project's root; a stage takes its settings from params.yaml alone."""

    def stage() -> None:
        from pipeline.base.paths import project_root

        arguments = sys.argv[1:]
        if set(arguments) & {"-h", "--help"}:
            print(f"python -m pipeline.{name}: a DVC stage (dvc repro {name}). Its settings come from params.yaml;")
            print("change them with: python -m pipeline.params KEY=VALUE ...")
            return
        if arguments:
            raise PipelineError(
                f"pipeline.{name} takes no arguments, got {' '.join(arguments)!r}; "
                f"settings go through: python -m pipeline.params {' '.join(arguments)}"
            )
        root = project_root()
        os.chdir(root)
        action(root)

    run(stage)


def _unread() -> bool:
    """Return whether standard output's reader is gone; if so, let what is left go nowhere."""
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)  # errors are told unasked
    if not output.poll(0):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def _say(line: str) -> None:
    sys.stdout.flush()
    print(line, file=sys.stderr, flush=True)
