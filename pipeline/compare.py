"""Compare two models on the same test images: `python -m pipeline.compare A B`."""

import argparse
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.command import run_command
from pipeline.base.errors import PipelineError
from pipeline.base.paths import project_root
from pipeline.base.printable import printable
from pipeline.config.params_file import read_params

if TYPE_CHECKING:
    from pipeline.evaluation.comparison.comparison_content import ComparisonContent
    from pipeline.evaluation.named_models.model_reference import LoggedModel

COMMAND = "python -m pipeline.compare"
PAGE = "outputs/compare/report.html"
EPILOG = f"""A and B are each, tried in this order:
  workspace                 the outputs of this project as they are
  models:/NAME/3            a registered version; or models:/NAME@ALIAS
  FILE.parquet              a predictions table of evaluate
  anything else             the id of an MLflow run or its first digits (6 at least), a DVC experiment, or a git
                            revision (branch, tag, commit, HEAD~1); run:, exp: or git: in front says which
examples:
  {COMMAND} models:/googlenet-digits@champion workspace
  {COMMAND} HEAD brave-owl --output brave-owl.html
"""


def main(first: str, second: str, page: Path, root: Path) -> "ComparisonContent":
    """Compare two evaluated models, and write the page.

    Args:
        first: what the model A is called, as in the help text.
        second: what the model B is called.
        page: file to write.
        root: the project's folder.

    Raises:
        PipelineError: a model is not found or has no predictions, the two have different classes or no test image in
            common, or the page cannot be written.
    """
    from pipeline.evaluation.comparison.comparison_content import compare_evaluated
    from pipeline.evaluation.named_models.model_reference import find_model
    from pipeline.inference.output.destination_check import check_destinations
    from pipeline.report.comparison.comparison_page import write_comparison_page
    from pipeline.report.comparison.known_pictures import KnownPictures

    if page.suffix.lower() != ".html":
        raise PipelineError(f"--output {printable(str(page))} must end in .html")
    check_destinations([page], [])
    a, b = (find_model(text, root, lambda name: _logged_model(name, root)) for text in (first, second))
    content = compare_evaluated(a, b)
    write_comparison_page(page, content, KnownPictures(root))
    return content


def _logged_model(name: str, root: Path) -> "LoggedModel | None":
    """Return the model of an MLflow run or registered version."""
    from pipeline.evaluation.named_models.evaluated_model import EvaluatedModel, flat_settings
    from pipeline.evaluation.named_models.model_reference import LoggedModel
    from pipeline.evaluation.named_models.predictions_file import read_predictions
    from pipeline.evaluation.named_models.project_files import tag_facts
    from pipeline.tracking.runs.evaluated_run import find_run, logged_predictions

    run = find_run(name, read_params(root).tracking, root)
    if run is None:
        return None

    def load() -> EvaluatedModel:
        with logged_predictions(run) as (file, params):
            table, classes = read_predictions(file, f"the table of {run.title}")
        facts = tag_facts(run.tags.items()) | {"MLflow run": run.run_id}
        return EvaluatedModel(run.title, table, classes, flat_settings(params), facts)

    return LoggedModel(run.title, load)


def _command() -> None:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Compare two models on the test images of both: differences with intervals, the images that each "
        "gets right alone, changed settings and data.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("a", metavar="A", help="a model, such as the one in use")
    parser.add_argument("b", metavar="B", help="another model")
    parser.add_argument("--output", type=Path, metavar="FILE", help=f"the page (default: {PAGE})")
    parser.add_argument("--json", action="store_true", help="print the comparison as JSON instead")
    options = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know every character of a name
    root = project_root()
    page = options.output or root / PAGE
    content = main(options.a, options.b, page, root)
    if options.json:
        from pipeline.evaluation.comparison.comparison_record import comparison_record

        print(json.dumps(comparison_record(content), indent=2, allow_nan=False))
        return
    from rich.console import Console

    from pipeline.report.comparison.comparison_text import print_comparison

    print_comparison(content, Console(highlight=False))
    shown = page.relative_to(Path.cwd()) if page.is_relative_to(Path.cwd()) else page
    print(f"\npage: {printable(str(shown))}")


if __name__ == "__main__":
    run_command(_command)
