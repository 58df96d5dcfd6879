"""A registered name belongs to one data set: tags of the registered model say to which."""

import mlflow
from mlflow.exceptions import MlflowException

from pipeline.base.digests import text_digest
from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable

PATH, CLASSES, CLASSES_DIGEST = "data.path", "data.classes", "data.classes.digest"  # tags of the registered model
LONGEST = 1000  # characters of a tag
NAMED = 5  # classes in a message


def check_data(name: str, path: str, classes: list[str]) -> str | None:
    """Return a line about what changed since the newest version of a registered model, or None.

    Args:
        name: of the registered model.
        path: where the images are, or the name of their data set.
        classes: class names in index order.

    Raises:
        PipelineError: the model was trained on another path and on other classes.
        MlflowException: the store cannot be asked.
    """
    try:
        tags = mlflow.MlflowClient().get_registered_model(name).tags
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise
    if PATH not in tags:
        return None
    moved, renamed = tags[PATH] != path[:LONGEST], tags.get(CLASSES_DIGEST) != _digest(classes)
    change = f"the classes were {printable(tags.get(CLASSES, 'unknown'))}, now they are {printable(_joined(classes))}"
    places = f"{printable(tags[PATH])}, now from {printable(path)}"
    if moved and renamed:
        raise PipelineError(
            f"{name} is the name of a model of the images from {places}, and {change}; register it under another name "
            f"with -S tracking.registered_model=NAME, or, if they are the same images at a new place, delete the tag "
            f"{PATH} of {name} in MLflow"
        )
    if renamed:
        return f"{name}: {change}"
    return f"{name}: the images were from {places}, with the same classes" if moved else None


def mark_data(name: str, path: str, classes: list[str]) -> None:
    """Record on a registered model which data its newest version was trained on.

    Args:
        name: of the registered model.
        path: where the images are, or the name of their data set.
        classes: class names in index order.

    Raises:
        MlflowException: the store cannot be asked.
    """
    client = mlflow.MlflowClient()
    present = client.get_registered_model(name).tags
    wanted = {PATH: path[:LONGEST], CLASSES: _joined(classes), CLASSES_DIGEST: _digest(classes)}
    for key, value in wanted.items():
        if present.get(key) != value:
            client.set_registered_model_tag(name, key, value)


def _joined(classes: list[str]) -> str:
    shown = ", ".join(classes[:NAMED]) + (", …" if len(classes) > NAMED else "")
    return f"{len(classes)}: {shown}"[:LONGEST]


def _digest(classes: list[str]) -> str:
    return text_digest("\n".join(classes))
