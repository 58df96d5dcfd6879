"""Tags of a version that follow from the settings of the day: set, and removed where they no longer hold."""

from collections.abc import Mapping

import mlflow


def replace_tags(name: str, number: int, tags: Mapping[str, str], prefixes: tuple[str, ...]) -> None:
    """Give a version these tags, and no others that begin like them.

    Args:
        name: of the registered model.
        number: of the version.
        tags: to set; those that it has already are not written again.
        prefixes: tags that begin with one of these and are not in `tags` are removed.

    Raises:
        MlflowException: there is no such version, or the store cannot be asked.
    """
    client = mlflow.MlflowClient()
    present = client.get_model_version(name, str(number)).tags
    for key, value in tags.items():
        if present.get(key) != value:
            client.set_model_version_tag(name, str(number), key, value)
    for key in present:
        if key.startswith(prefixes) and key not in tags:
            client.delete_model_version_tag(name, str(number), key)
