"""The best trials, retrained with several seeds."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.base.errors import UntrainableError
from pipeline.base.files import read_whole_json, write_json
from pipeline.base.progress_bar import ProgressBar
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.data.dataset import Dataset
from pipeline.search.cost.trade import cost_penalty
from pipeline.search.cost.trial_cost import weighed_figures
from pipeline.search.known_results import KnownResults
from pipeline.search.outcome.candidates import Candidate, candidate_line
from pipeline.search.space import apply_values, full_training
from pipeline.search.trial import train_trial, trial_metrics
from pipeline.search.trial_recorder import TrialRecorder
from pipeline.training.checkpoints.checkpoint_store import CheckpointStore
from pipeline.training.history import EpochMetrics

SEEDS = 2**32  # seeds are below it


class Retraining:
    """Retrains candidates on all training images for all of the recipe's epochs.

    No seed is that of the trials: a trial was chosen for its score with that one. A retraining that is done, or half
    done, is not repeated.

    Args:
        config: the search.
        dataset: prepared data, all of it.
        folder: the search's.
        recorder: records each retraining.
        known: results of earlier searches.
    """

    def __init__(
        self,
        *,
        config: TuneConfig,
        dataset: Dataset,
        folder: Path,
        recorder: TrialRecorder,
        known: KnownResults | None = None,
    ) -> None:
        self.known = known
        self.config, self.dataset, self.folder, self.recorder = config, dataset, folder, recorder
        self.seeds = retraining_seeds(config)

    def run(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the candidates with their scores; one whose loss becomes NaN in a retraining is left out."""
        done = []
        with ProgressBar("retraining the best", len(candidates) * len(self.seeds), "trainings") as bar:
            bar.advance(0)
            for candidate in candidates:
                scores: list[float] = []
                try:
                    for seed in self.seeds:
                        scores.append(self._score(candidate, seed, bar))
                        bar.advance(1)
                except UntrainableError as error:
                    bar.print_line(f"{candidate.trial}: abandoned, {error}")
                    bar.advance(len(self.seeds) - len(scores))
                    continue
                done.append(replace(candidate, scores=scores))
                bar.print_line(candidate_line(done[-1], self.config))
        return done

    def done(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the candidates with a retraining that is done, with the scores of those that are."""
        return with_recorded_scores(candidates, self.config, self.folder)

    def _score(self, candidate: Candidate, seed: int, bar: ProgressBar) -> float:
        objective, name = self.config.search.objective, _name(candidate, seed)
        file = _file(self.folder, candidate, seed)
        score = _recorded(file, objective)
        if score is None:
            config = apply_values(full_training(self.config), candidate.values)
            config = config.model_copy(update={"recipe": config.recipe.model_copy(update={"seed": seed})})
            checkpoints = CheckpointStore(self.folder, f"retrain-{name}")
            size = (candidate.parameters, candidate.multiply_adds)
            self.recorder.begin_trial(name, candidate.values | {"seed": seed}, size, kind="retrain")

            def listener(metrics: EpochMetrics) -> None:
                self.recorder.log_epoch(name, metrics)
                bar.advance(0, f"{name}: epoch {metrics['epoch']:.0f} of {config.recipe.epochs}")

            try:
                result = train_trial(self.dataset, config, objective, checkpoints, listener, known=self.known)
                figures = trial_metrics(result) | weighed_figures(self.config, candidate.cost, result.best)
            except UntrainableError as error:
                self.recorder.end_trial(name, "FAILED", str(error), {})
                raise
            self.recorder.end_trial(name, "COMPLETED", "", figures)
            write_json(file, figures)
            checkpoints.clear()
            score = float(figures[objective])
        return score - cost_penalty(self.config, candidate.cost.relative)


def with_recorded_scores(candidates: Sequence[Candidate], config: TuneConfig, folder: Path) -> list[Candidate]:
    """Return the candidates with a retraining that is done, with the scores of those that are.

    Args:
        candidates: any of the search.
        config: the search.
        folder: the search's.
    """
    done = []
    for candidate in candidates:
        files = [_file(folder, candidate, seed) for seed in retraining_seeds(config)]
        found = [_recorded(file, config.search.objective) for file in files]
        penalty = cost_penalty(config, candidate.cost.relative)
        scores = [score - penalty for score in found if score is not None]
        if scores:
            done.append(replace(candidate, scores=scores))
    return done


def retraining_seeds(config: TuneConfig) -> list[int]:
    """Return the seeds of the retrainings, none of which is that of the trials."""
    return [(config.recipe.seed + 1 + number) % SEEDS for number in range(config.search.retrain.seeds)]


def _file(folder: Path, candidate: Candidate, seed: int) -> Path:
    return folder / "retrained" / f"{_name(candidate, seed)}.json"


def _recorded(file: Path, objective: str) -> float | None:
    """Return the score of a retraining that is done; None if it is not, or its file is damaged: it is repeated."""
    figures = read_whole_json(file)
    score = figures.get(objective) if isinstance(figures, dict) else None
    return score if isinstance(score, float) else None


def _name(candidate: Candidate, seed: int) -> str:
    return f"{candidate.trial}-seed-{seed}"
