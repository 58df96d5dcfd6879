"""The best trials trained again with several seeds, and the one to recommend."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from pipeline.base.errors import PipelineError
from pipeline.base.files import read_json, write_json
from pipeline.base.progress import Bar
from pipeline.config.search_schema import TuneConfig
from pipeline.data.dataset import Dataset
from pipeline.search.limits import Limits
from pipeline.search.ranking import Row, loss_of
from pipeline.search.space import configured
from pipeline.search.trial import summary, train
from pipeline.search.tuner import Recorder
from pipeline.training.progress import Progress

SEEDS = 2**32  # what NumPy takes
CONFIGURED = "configured"  # stands for the network that the search began with


@dataclass(frozen=True)
class Candidate:
    """A network, its trial's score, and its scores with each seed.

    Attributes:
        trial: its id, or `configured`.
        values: what was searched.
        parameters: of its network.
        multiply_adds: of its network, for one image.
        score: of the trial; None where the configured network was not one.
        scores: the objective of each training's best epoch.
    """

    trial: str
    values: dict[str, Any]
    parameters: int
    multiply_adds: int
    score: float | None
    scores: list[float]

    @property
    def mean(self) -> float:
        """Of the scores with each seed."""
        return mean(self.scores)

    @property
    def spread(self) -> float:
        """One standard deviation over the seeds; 0 of a single one."""
        return stdev(self.scores) if len(self.scores) > 1 else 0.0


def candidates(best: Sequence[Row], config: TuneConfig, limits: Limits) -> list[Candidate]:
    """Return the best trials, as many as are to be trained again, and the configured network last."""
    chosen = [
        Candidate(row.trial, row.values, row.parameters, row.multiply_adds, row.score, [])
        for row in best[: config.search.retrain.top]
    ]
    plain = configured(config, {})
    if chosen and all(configured(config, candidate.values) != plain for candidate in chosen):
        score = next((row.score for row in best if configured(config, row.values) == plain), None)
        chosen.append(Candidate(CONFIGURED, {}, *limits.size({}), score, []))
    return chosen


def retrain(
    chosen: Sequence[Candidate], config: TuneConfig, dataset: Dataset, folder: Path, recorder: Recorder
) -> list[Candidate]:
    """Train each candidate with each seed, on all training images for all of the recipe's epochs.

    None is the trials' own seed: its score is what a trial was chosen for. A candidate whose loss is no number in one
    of its trainings is left out.

    Args:
        chosen: which.
        config: the search.
        dataset: prepared data, whole.
        folder: the search's; a training that is done, or half done, is not repeated.
        recorder: told of each.
    """
    whole = config.model_copy(update={"search": config.search.model_copy(update={"epochs": None})})
    seeds = [(config.recipe.seed + 1 + number) % SEEDS for number in range(config.search.retrain.seeds)]
    done = []
    with Bar("training the best again", len(chosen) * len(seeds), "trainings") as bar:
        bar.advance(0)
        for candidate in chosen:
            scores = []
            try:
                for seed in seeds:
                    scores.append(_score(candidate, seed, whole, dataset, folder, recorder, bar))
                    bar.advance(1)
            except PipelineError as error:
                bar.say(f"{candidate.trial}: given up, {error}")
                bar.advance(len(seeds) - len(scores))
                continue
            done.append(Candidate(**{**vars(candidate), "scores": scores}))
            bar.say(line(done[-1], config.search.objective))
    return done


def _score(
    candidate: Candidate, seed: int, config: TuneConfig, dataset: Dataset, folder: Path, recorder: Recorder, bar: Bar
) -> float:
    name = f"{candidate.trial}-seed-{seed}"
    file = folder / "retrained" / f"{name}.json"
    if not file.is_file():
        plain = configured(config, candidate.values)
        plain = plain.model_copy(update={"recipe": plain.recipe.model_copy(update={"seed": seed})})
        progress = Progress(folder, f"retrain-{name}")
        size = (candidate.parameters, candidate.multiply_adds)
        recorder.begin(name, candidate.values | {"seed": seed}, size, kind="retrain")

        def listener(row: dict[str, float]) -> None:
            recorder.epoch(name, row)
            bar.advance(0, f"{name}: epoch {row['epoch']:.0f} of {plain.recipe.epochs}")

        try:
            figures = summary(train(dataset, plain, config.search.objective, progress, listener))
        except PipelineError as error:
            recorder.end(name, "FAILED", str(error), {})
            raise
        recorder.end(name, "COMPLETED", "", figures)
        write_json(file, figures)
        progress.clear()
    return float(read_json(file)[config.search.objective])


def recommended(found: Sequence[Candidate], config: TuneConfig) -> Candidate:
    """Return the candidate with the fewest multiply-adds among those within one standard error of the best mean.

    The one-standard-error rule: Breiman et al. 1984, "Classification and regression trees", section 3.4.3.
    """
    best = min(found, key=lambda candidate: (loss_of(candidate.mean, config), candidate.multiply_adds))
    error = best.spread / math.sqrt(len(best.scores))
    near = [candidate for candidate in found if loss_of(candidate.mean, config) <= loss_of(best.mean, config) + error]
    return min(near, key=lambda candidate: (candidate.multiply_adds, loss_of(candidate.mean, config)))


def line(candidate: Candidate, objective: str) -> str:
    """Return a candidate's scores in words."""
    trial = "" if candidate.score is None else f", in its trial {candidate.score:.4f}"
    return (
        f"{candidate.trial}: {objective} {candidate.mean:.4f} ± {candidate.spread:.4f} over {len(candidate.scores)} "
        f"seeds{trial}; {candidate.multiply_adds / 1e6:.1f}M multiply-adds"
    )
