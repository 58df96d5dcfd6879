"""`python -m pipeline.tune --take TRIAL [overrides]`: a finished trial becomes the network to train."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.search.outcome.search_choice import find_search
from pipeline.search.outcome.tuned_files import TunedFiles

TAKE = "--take"


def run_take(root: Path, arguments: Sequence[str]) -> None:
    """Take the trial that the arguments name, and print what was written.

    Args:
        root: the project's folder.
        arguments: as typed.

    Raises:
        PipelineError: as `take`; or the arguments name no trial, or ask for something else besides.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument(TAKE)
    try:
        known, others = parser.parse_known_args(arguments)
    except argparse.ArgumentError:
        raise PipelineError(f"{TAKE} needs the id of a trial, such as {TAKE} 7") from None
    if flags := [argument for argument in others if argument.startswith("-")]:
        raise PipelineError(f"{flags[0]} does not go with {TAKE} TRIAL; settings of the search do")
    taken = take(root, known.take, others)
    print(f"{taken.note}\ntrain it with: {taken.command}")


def take(root: Path, trial: str, overrides: Sequence[str] = ()) -> TunedFiles:
    """Write conf/model/tuned.yaml from a finished trial of a search; return what was written and what to type next.

    Args:
        root: the project's folder.
        trial: its id.
        overrides: as typed to start the search; none: the search that was started last.

    Raises:
        PipelineError: there is no such search or trial, or the trial has not been completed.
    """
    record = find_search(root, overrides)
    import_tensorflow()
    from pipeline.search.outcome.taken_trial import take_trial

    return take_trial(root, record, trial)
