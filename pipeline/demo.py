"""Try a model in the browser: `python -m pipeline.demo`."""

import argparse
import io
import sys
import warnings

from pipeline.base.command import run_command
from pipeline.base.printable import printable
from pipeline.inference.loading import load_model

COMMAND = "python -m pipeline.demo"
PORT = 8000


def main(options: argparse.Namespace) -> None:
    """Serve a page to try a model on, until Ctrl-C.

    Raises:
        PipelineError: no such model, or the port is in use.
        KeyboardInterrupt: Ctrl-C.
    """
    from pipeline.web.demo_app import demo_app
    from pipeline.web.example_images import project_examples
    from pipeline.web.server import address, open_port, serve

    listener = open_port(options.port)
    classifier = load_model(options.model, options.engine)
    application = demo_app(classifier, project_examples(classifier.spec))
    print(f"{address(listener)} shows {printable(classifier.name)}; Ctrl-C ends it", flush=True)
    serve(application, listener)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Try a trained model in the browser: a page on this computer classifies photos and shows the "
        "evidence for each class.",
    )
    parser.add_argument("--model", help=".keras file or models:/NAME@alias (default: the champion, else the candidate)")
    parser.add_argument("--engine", choices=("auto", "openvino", "keras"), default="auto", help="(default: auto)")
    parser.add_argument("--port", type=int, default=PORT, help=f"0 for any free one (default: {PORT})")
    return parser


def _command() -> None:
    parser = _parser()
    options = parser.parse_args()
    if not 0 <= options.port <= 65535:
        parser.error(f"--port must be from 0 to 65535, got {options.port}")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know every character of a name
    warnings.filterwarnings("ignore", message="Image size .* exceeds limit")  # Pillow's, of photos that it reads
    main(options)


if __name__ == "__main__":
    run_command(_command)
