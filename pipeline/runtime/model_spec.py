"""What must travel with a trained network so that a photo can be classified: class names and preprocessing."""

import json
from dataclasses import asdict, dataclass

from .images.preprocessing import Preprocessing
from .pipeline_error import PipelineError

MEMBER = "pipeline.json"  # name of the specification inside a .keras file, which is a ZIP archive


@dataclass(frozen=True)
class ModelSpec:
    """Class names and preprocessing of a network.

    Attributes:
        dataset: name of the data set that it was trained on.
        classes: class names in index order.
        preprocessing: of its images.
    """

    dataset: str
    classes: tuple[str, ...]
    preprocessing: Preprocessing

    def to_json(self) -> str:
        """Return the specification as one line of ASCII."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str, place: str) -> "ModelSpec":
        """Return the specification that `to_json` wrote.

        Args:
            text: JSON.
            place: where it was found, for the error.

        Raises:
            PipelineError: `text` is not a specification.
        """
        try:
            values = json.loads(text)
            return cls(values["dataset"], tuple(values["classes"]), Preprocessing(**values["preprocessing"]))
        except (ValueError, TypeError, KeyError):
            raise PipelineError(f"{place} has no readable class names and preprocessing; train again") from None
