"""Stage 1: images as they come become packed arrays, a manifest and a summary."""

from pathlib import Path
from typing import Any

from pipeline.base.command import run_stage
from pipeline.base.files import whole_folder, write_json
from pipeline.base.phases import Phases
from pipeline.config.params_file import read_params
from pipeline.config.schema import Config

IMAGES = "outputs/prepare/images"
SUMMARY = "outputs/prepare/summary.json"
SAMPLES = "outputs/prepare/samples.png"


def main(config: Config, root: Path) -> dict[str, Any]:
    """Prepare the configured data under `root`/outputs/prepare; return the summary.

    Raises:
        PipelineError: the source is missing, empty, malformed, or too small to split.
    """
    from pipeline.data.dataset import Dataset
    from pipeline.data.pack import pack
    from pipeline.data.sources import records
    from pipeline.data.summary import summarize, unreadable_lines
    from pipeline.report.samples import samples_figure
    from pipeline.report.style import save

    phases = Phases("prepare")
    with phases.phase("images"), whole_folder(root / IMAGES) as folder:
        description, manifest = pack(records(config.data, root), config.data, folder)
    for line in unreadable_lines(manifest):
        print(line)
    with phases.phase("report"):
        save(samples_figure(Dataset(root / IMAGES)), root / SAMPLES)
        summary = summarize(manifest, description.classes, description.digest)
        write_json(root / SUMMARY, summary)
    counts = ", ".join(f"{count} {split}" for split, count in summary["images"].items())
    print(f"prepared {counts} images of {len(description.classes)} classes at {'×'.join(map(str, description.shape))}")
    phases.close()
    return summary


if __name__ == "__main__":
    run_stage("prepare", lambda root: main(read_params(root), root))
