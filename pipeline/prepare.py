"""Stage 1: images of any source become packed arrays, a manifest, an audit's report and a summary."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.errors import PipelineError
from pipeline.base.files import atomic_file, atomic_folder, write_json
from pipeline.base.paths import (
    AUDIT_REPORT,
    FINDINGS,
    IMAGE_STORE,
    MANIFEST,
    PREPARE_SUMMARY,
    PREPARED,
    SAMPLES,
    main_root,
)
from pipeline.base.phases import PhaseTimer
from pipeline.base.temporary.leftovers import remove_leftovers
from pipeline.config.params_file import read_params
from pipeline.config.schema.data_schema import DataConfig
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.stage_command import run_stage

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.data.audit.image_audit import Audit
    from pipeline.data.sources.listing import Listing


def main(config: Config, root: Path) -> dict[str, Any]:
    """Prepare the configured data under `root`/outputs/prepare; return the summary.

    Raises:
        PipelineError: the source is missing, empty, malformed, or too small to split, or a finding of the audit stops
            the preparation; the report is written then too.
    """
    from pipeline.data.counts import audit_lines, count_images, moved_line
    from pipeline.data.dataset import Dataset
    from pipeline.data.final_manifest import split_images
    from pipeline.data.pack import pack_images
    from pipeline.data.packing.last_split import LastSplit
    from pipeline.data.sources import list_source
    from pipeline.data.statistics.image_statistics import write_statistics
    from pipeline.report.samples_figure import samples_figure
    from pipeline.report.style import save

    phases, store = PhaseTimer("prepare"), main_root(root) / IMAGE_STORE
    remove_leftovers((root / PREPARED).parent)
    with phases.phase("list"):
        listing = list_source(config.data, root)
    for line in listing.warnings:
        print(line)
    with atomic_folder(root / PREPARED) as folder:
        with phases.phase("images"):
            packed = pack_images(listing, config.data, folder, store)
        if reused := packed.survey.reused:
            print(f"images: {reused:,} of {len(listing.records):,} were decoded by an earlier preparation")
        if not packed.kept:
            print("images: not kept for the next preparation: less than three times their size is free on this disk")
        with phases.phase("audit"):
            audit = packed.audit
        for line in audit_lines(audit, config.data.audit):
            print(line)
        if audit.stops:
            _write_report(audit, audit.manifest, listing, config.data, root)
            raise PipelineError(_stop_message(audit))
        try:
            with phases.phase("split"):
                info, manifest = split_images(audit, listing.classes, config.data, folder)
                write_statistics(folder, manifest)
        except PipelineError as error:
            _write_report(audit, audit.manifest, listing, config.data, root)
            raise PipelineError(f"{error}; the audit's report: {AUDIT_REPORT}") from None
    with phases.phase("report"):
        _write_report(audit, manifest, listing, config.data, root)
        save(samples_figure(Dataset(root / PREPARED)), root / SAMPLES)
        summary = count_images(manifest, audit, info.classes, info.digest)
        write_json(root / PREPARE_SUMMARY, summary)
    last = LastSplit(store, config.data)
    if (before := last.read()) is not None:
        print(moved_line(before, manifest))
    last.write(manifest)
    counts = ", ".join(f"{count} {split}" for split, count in summary["images"].items())
    print(f"prepared {counts} images of {len(info.classes)} classes at {'×'.join(map(str, info.shape))}")
    if audit.counts:
        print(f"the audit's report: {AUDIT_REPORT}")
    phases.close()
    return summary


def _stop_message(audit: "Audit") -> str:
    counts = audit.counts
    found = ", ".join(f"{counts[name]:,} {name}" for name in audit.stops)
    return (
        f"the audit found {found}, where data.audit says stop; see {AUDIT_REPORT}, then fix the source or change the "
        "setting"
    )


def _write_report(audit: "Audit", manifest: "pd.DataFrame", listing: "Listing", data: DataConfig, root: Path) -> None:
    from pipeline.data.audit.fix_list import write_fix_list
    from pipeline.report.audit.audit_gallery import Gallery
    from pipeline.report.audit.audit_page import write_audit_page

    limit = data.audit.limits.pixels
    gallery = Gallery(audit, manifest, listing.records, listing.classes, data.audit.actions, limit)
    # Neither an absolute path nor the signature of an address in an output.
    source = Path(data.path.partition("?")[0]).name if data.path else data.source
    with atomic_file(root / MANIFEST) as file:
        manifest.to_parquet(file, index=False)
    facts = {"source": source, "size": f"{data.width}×{data.height}", "resize": data.resize}
    write_fix_list(root / FINDINGS, audit)
    write_audit_page(root / AUDIT_REPORT, gallery.content(data.name, facts))


if __name__ == "__main__":
    run_stage("prepare", lambda root: main(read_params(root), root))
