"""From folders of images to a trained, tested, registered GoogLeNet."""

import importlib.util
import sys

if sys.argv[:1] == ["-m"] and importlib.util.find_spec("pydantic") is None:  # python -m pipeline.COMMAND, elsewhere
    sys.exit(
        "error: this Python does not have the pipeline's packages; activate the project's environment first: "
        "source .venv/bin/activate (make repro sets it up)"
    )
