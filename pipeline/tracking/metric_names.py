"""What metrics are called in MLflow."""

import re
from collections.abc import Iterable

EPOCH = {  # one point per epoch
    "loss": "train/loss",
    "accuracy": "train/accuracy",
    "learning_rate": "train/learning_rate",
    "val_loss": "validation/loss",
    "val_accuracy": "validation/accuracy",
}
SAVED_EPOCH = "saved/epoch"  # the epoch whose weights are in the model
SAVED_ACCURACY = "saved/validation_accuracy"
SAVED_LOSS = "saved/validation_loss"
MINUTES = "minutes"  # of training, validation included
TEST = "test/"  # prefix of the metrics of the test images
TEST_ACCURACY = "test/accuracy"
MEAN_TEST_ACCURACY = "test/accuracy_mean"  # over the folds of a cross-validation
GOLDEN = "golden/"  # prefix of the differences of the golden batch
REFUSED = re.compile(r"[^\w\-. :/]")  # by MLflow, in the name of a metric


def accepted_names(names: Iterable[str]) -> dict[str, str]:
    """Return a name that MLflow accepts for each of `names`, with the names of classes in them.

    `_` stands for a character that MLflow refuses; a number follows where two names would be the same.
    """
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = other = "/".join(part.strip(". ") or "_" for part in REFUSED.sub("_", name).split("/"))
        number = 2
        while other in taken:
            other, number = f"{plain} {number}", number + 1
        taken.add(other)
        chosen[name] = other
    return chosen
