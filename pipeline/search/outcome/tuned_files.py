"""The recommended network as files of conf/, which `dvc exp run -S model=tuned` trains.

A finished search replaces what is there, unless that answers the same question (data, objective, limits) and is better
founded: then its own result is written as `tuned_latest`. An interrupted search replaces only what answers the same
question and is less well founded. A trial that the user takes replaces whatever is there, and only another, finished
search replaces it. What is replaced is kept as `tuned_previous`.
"""

import datetime
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.base.files import write_text
from pipeline.base.paths import CONF
from pipeline.config.schema.search_schema import LATEST, PREVIOUS, TUNED, TuneConfig
from pipeline.search.outcome.tuned_evidence import Evidence, read_head
from pipeline.search.space import apply_values, full_training

FINISHED, INTERRUPTED, TAKEN = "finished", "interrupted before its end", "taken by the user"
DATE = re.compile(r"^# date: .*\n", re.MULTILINE)


@dataclass(frozen=True)
class TunedFiles:
    """What became of conf/model/tuned.yaml.

    Attributes:
        files: the files that hold this search's recommendation; empty if better ones were kept.
        command: trains what the files hold; empty if there are none.
        note: what was written or kept, in a sentence.
    """

    files: list[Path]
    command: str
    note: str


def write_tuned_files(
    root: Path,
    config: TuneConfig,
    values: Mapping[str, Any],
    origin: Mapping[str, str],
    *,
    finished: bool = True,
    taken: bool = False,
) -> TunedFiles:
    """Write conf/model/tuned.yaml, and conf/recipe/tuned.yaml if the recipe was searched too.

    Args:
        root: the project's folder.
        config: the search.
        values: of the recommended trial.
        origin: where it comes from, for the comment at the top: search, run, trial, score, retraining, limits, data.
        finished: whether the search ran to its end, retraining included.
        taken: whether the user chose the trial.
    """
    path = root / CONF / "model" / f"{TUNED}.yaml"
    status = TAKEN if taken else FINISHED if finished else INTERRUPTED
    head = {"status": status, **origin}
    present = read_head(_text(path)) if path.is_file() else {}
    if path.is_file() and not _may_replace(head, present):
        return _keep_present(root, config, values, head, present)
    texts = _texts(config, values, head, TUNED)
    same_search = present.get("search") == origin.get("search")
    same_unfinished = same_search and present.get("status") == INTERRUPTED and not taken
    changed = [group for group, text in texts.items() if _replaces(root, group, text)]
    kept_groups = [] if same_unfinished else [group for group in changed if _keep_previous(root, group)]
    written = _write(root, TUNED, texts, changed)
    search = f"the search {origin.get('search')}, as you chose" if taken else "this search"
    note = f"conf/model/{TUNED}.yaml is trial {origin.get('trial')} of {search}"
    if "model" in kept_groups:
        new, old = Evidence.of(head), Evidence.of(present)
        better = ", better founded," if new.answers_as(old) and new.is_below(old) else ""
        note += f"; the one before ({_describe(present)}){better} is conf/model/{PREVIOUS}.yaml"
    return TunedFiles(written, _command(config, written), note)


def _keep_present(
    root: Path, config: TuneConfig, values: Mapping[str, Any], head: Mapping[str, str], present: Mapping[str, str]
) -> TunedFiles:
    """Leave what is there; write the result of a finished search beside it."""
    kept = f"conf/model/{TUNED}.yaml was kept: it is {_describe(present)}"
    if head["status"] == INTERRUPTED:
        return TunedFiles([], "", kept)
    written = _write(root, LATEST, _texts(config, values, head, LATEST))
    here = f"trial {head.get('trial')} of this search"
    note = f"{kept}, and better founded than {here}, conf/model/{LATEST}.yaml"
    if present.get("status") == TAKEN:
        note = f"{kept}, taken by --take; {here} is conf/model/{LATEST}.yaml"
    return TunedFiles(written, _command(config, written), note)


def _may_replace(head: Mapping[str, str], present: Mapping[str, str]) -> bool:
    """Return whether a result may take the place of the one that is there, by the comments at their tops."""
    new, old = Evidence.of(head), Evidence.of(present)
    same_search = bool(present) and present.get("search") == head.get("search")
    if head["status"] == TAKEN:
        return True
    if present.get("status") == TAKEN and (same_search or head["status"] == INTERRUPTED):
        return False
    if head["status"] == FINISHED:
        if same_search:  # its candidates include all that it retrained before
            return new.seeds >= old.seeds
        return not (new.answers_as(old) and new.is_below(old))
    if same_search and present.get("status") == INTERRUPTED:
        return not new.is_below(old)
    return (same_search or new.answers_as(old)) and old.is_below(new)


def _texts(config: TuneConfig, values: Mapping[str, Any], origin: Mapping[str, str], name: str) -> dict[str, str]:
    """Return the content of the files, by group of conf/."""
    settings = apply_values(full_training(config), values)
    head = "".join(f"# {key}: {value}\n" for key, value in {"found by": "python -m pipeline.tune", **origin}.items())
    head += f"# date: {datetime.datetime.now(datetime.UTC).date().isoformat()}\n"
    texts = {"model": head + _yaml({**settings.model.model_dump(), "name": name})}
    searched = {value.key for value in config.search.space.values.values()}
    if any(key.startswith("recipe.") for key in searched):
        recipe = {**settings.recipe.model_dump(), "name": name}
        for change, key in (("flip", "mirror"), ("shift", "shift")):
            same = recipe["augment"][change] == getattr(config.data, key)
            if same and f"recipe.augment.{change}" not in searched:
                recipe["augment"][change] = f"${{data.{key}}}"  # as in the recipes of conf/
        texts["recipe"] = head + _yaml(recipe)
    return texts


def _write(root: Path, name: str, texts: Mapping[str, str], changed: Sequence[str] | None = None) -> list[Path]:
    """Write the files of the `changed` groups, all if it is None; return the files of all groups."""
    files = {group: root / CONF / group / f"{name}.yaml" for group in texts}
    for group in texts if changed is None else changed:
        write_text(files[group], texts[group])
    return list(files.values())


def _replaces(root: Path, group: str, text: str) -> bool:
    """Return whether `text` differs from the file that is there in more than its date."""
    file = root / CONF / group / f"{TUNED}.yaml"
    return not file.is_file() or DATE.sub("", _text(file)) != DATE.sub("", text)


def _keep_previous(root: Path, group: str) -> bool:
    """Copy the file that is there to `tuned_previous`; return whether there was one."""
    file = root / CONF / group / f"{TUNED}.yaml"
    if not file.is_file():
        return False
    text = re.sub(rf"^name: {TUNED}$", f"name: {PREVIOUS}", _text(file), flags=re.MULTILINE)
    write_text(file.with_stem(PREVIOUS), text)
    return True


def _text(file: Path) -> str:
    """Return what a file holds, whoever wrote it."""
    return file.read_text(encoding="utf-8", errors="replace")


def _describe(head: Mapping[str, str]) -> str:
    """Return where a file comes from, by the comment at its top."""
    names = [name for name in ("trial", "score", "retrained") if name in head]
    parts = [head[name] if head[name].startswith("score ") else f"{name} {head[name]}" for name in names]
    return f"from {', '.join(parts)}" if parts else "not from a search that can be named"


def _command(config: TuneConfig, files: Sequence[Path]) -> str:
    chosen = {file.parent.name: file.stem for file in files}
    written = tuple(f"{group}{mark}" for group in chosen for mark in "=.")
    others = [override for override in config.overrides if not override.startswith(written)]
    words = [*others, *(f"{group}={name}" for group, name in chosen.items())]
    return "dvc exp run " + " ".join(f"-S {shlex.quote(word)}" for word in words)


def _yaml(values: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
