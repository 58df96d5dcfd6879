"""Stage 1: images of any source become packed arrays, a manifest and a summary."""

from pathlib import Path
from typing import Any

from pipeline.base.files import atomic_folder, write_json
from pipeline.base.paths import PREPARE_SUMMARY, PREPARED, SAMPLES
from pipeline.base.phases import PhaseTimer
from pipeline.config.params_file import read_params
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.stage_command import run_stage


def main(config: Config, root: Path) -> dict[str, Any]:
    """Prepare the configured data under `root`/outputs/prepare; return the summary.

    Raises:
        PipelineError: the source is missing, empty, malformed, or too small to split.
    """
    from pipeline.data.counts import count_images, unreadable_warnings
    from pipeline.data.dataset import Dataset
    from pipeline.data.pack import pack_images
    from pipeline.data.sources import list_records
    from pipeline.report.samples_figure import samples_figure
    from pipeline.report.style import save

    phases = PhaseTimer("prepare")
    with phases.phase("images"), atomic_folder(root / PREPARED) as folder:
        info, manifest = pack_images(list_records(config.data, root), config.data, folder)
    for line in unreadable_warnings(manifest):
        print(line)
    with phases.phase("report"):
        save(samples_figure(Dataset(root / PREPARED)), root / SAMPLES)
        summary = count_images(manifest, info.classes, info.digest)
        write_json(root / PREPARE_SUMMARY, summary)
    counts = ", ".join(f"{count} {split}" for split, count in summary["images"].items())
    print(f"prepared {counts} images of {len(info.classes)} classes at {'×'.join(map(str, info.shape))}")
    phases.close()
    return summary


if __name__ == "__main__":
    run_stage("prepare", lambda root: main(read_params(root), root))
