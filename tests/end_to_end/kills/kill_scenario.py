"""A scenario: a command that is killed a few times, repeated, and compared with one that was not."""

import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.base.locks.dvc_locks import RWLOCK
from tests.end_to_end.kills.prepared_project import Reference, Subject, new_scenario
from tests.end_to_end.kills.project_state import differences, leftovers, project_state
from tests.end_to_end.kills.watched_command import SIGNALS, Kill, Outcome, WatchedCommand, random_kill

ORPHAN = 120  # seconds for a stage whose DVC was killed to end


@dataclass
class Verdict:
    """How a scenario ended.

    Attributes:
        kills: those that happened, in words.
        faults: what was wrong; none if all is as it should be.
        helped: how often the doctor had to mend a file that DVC left empty.
        seconds: that it took.
        output: of the commands.
    """

    kills: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    helped: int = 0
    seconds: float = 0.0
    output: str = ""


def draw_kills(random_: random.Random, kind: str, reference: Reference, most: int) -> list[Kill]:
    """Return the kills of one scenario: half of them at events, half at times.

    Args:
        random_: seeded.
        kind: such as `group-kill`.
        reference: what the command does.
        most: kills of one scenario, each in the repetition of the one before.
    """
    target, how = kind.split("-")
    count = random_.randint((most + 1) // 2, most)
    if random_.random() < 0.5:
        longest = [0.8, *[0.5] * (count - 1)]  # of the command, which is shorter when it resumes
        return [random_kill(random_, target, how, reference.seconds * share) for share in longest]
    events = [event for event in reference.events if target != "stage" or not event[0].startswith(("dvc ", "other "))]
    names = sorted({name for name, _ in events})  # each name as likely: one epoch has many writes
    drawn = random_.sample(names, min(count, len(names)))
    chosen = [random_.choice([event for event in events if event[0] == name]) for name in drawn]
    place = {event: index for index, event in enumerate(reference.events)}
    chosen.sort(key=place.__getitem__)
    pauses = [random_.uniform(0, 10) for _ in chosen]
    return [Kill(target, how, *event, pause) for event, pause in zip(chosen, pauses, strict=True)]


def run_scenario(
    subject: Subject, kills: list[Kill], reference: Reference, before: Path, folder: Path, *, wait: bool = False
) -> Verdict:
    """Kill the command at each of `kills`, repeat it until it ends, and compare.

    Args:
        subject: the command.
        kills: one after the other, each in a repetition.
        reference: what to compare with.
        before: project before the command.
        folder: of the scenario.
        wait: after a kill of DVC alone, wait for its stage's end before repeating.
    """
    began, verdict = time.monotonic(), Verdict()
    watched = new_scenario(before, folder)
    for kill in kills:
        outcome = watched.run(subject.command, kill)
        verdict.output += f"$ {kill}\n{outcome.output}\n"
        if outcome.killed:
            verdict.kills.append(str(kill))
            verdict.faults += _end_faults(kill, outcome)
        else:
            verdict.faults += _repeat_faults(outcome)
            break
        if kill.target != "dvc" or wait:
            verdict.faults += [f"still runs: {line[:200]}" for line in watched.wait_for_others(ORPHAN)]
        verdict.helped += _help(watched)
    else:
        outcome = watched.run(subject.command)
        verdict.output += f"$ to the end\n{outcome.output}\n"
        verdict.faults += _repeat_faults(outcome)
    verdict.faults += _state_faults(watched, reference)
    verdict.seconds = time.monotonic() - began
    return verdict


def _help(watched: WatchedCommand) -> bool:
    """Run the doctor if DVC left a file empty, as docs/reliability.md advises; return whether it did."""
    files = [watched.folder / "project" / name for name in ("dvc.lock", RWLOCK)]
    if all(file.stat().st_size for file in files if file.exists()):
        return False
    watched.run((sys.executable, "-m", "pipeline.doctor", "--fix"))
    return True


def _end_faults(kill: Kill, outcome: Outcome) -> list[str]:
    """Return what was wrong with the end that followed a signal."""
    if outcome.code is None:
        return [f"did not end after {kill}"]
    handled = SIGNALS[kill.how][0].name != "SIGKILL"
    return [f"a traceback after {kill}"] if handled and "Traceback" in outcome.output else []


def _repeat_faults(outcome: Outcome) -> list[str]:
    faults = [] if outcome.code == 0 else [f"repeating it failed (exit code {outcome.code})"]
    return faults + ["repeating it showed a traceback"] * ("Traceback" in outcome.output)


def _state_faults(watched: WatchedCommand, reference: Reference) -> list[str]:
    faults = [f"still runs: {line[:200]}" for line in watched.wait_for_others(ORPHAN)]
    watched.end_all()
    root = watched.folder / "project"
    faults += [f"left over: {name}" for name in leftovers(root, watched.temporary)]
    return faults + differences(reference.state, project_state(root))
