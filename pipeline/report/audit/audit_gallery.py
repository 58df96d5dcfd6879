"""From the findings of an audit to what its page shows."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np
import pandas as pd

from pipeline.data.audit.finding_kinds import KINDS, FindingKind
from pipeline.data.audit.image_audit import Audit, sides
from pipeline.data.audit.preview import preview
from pipeline.data.counts import left_out
from pipeline.data.record import SPLITS, Record
from pipeline.report.audit.audit_content import AuditCase, AuditContent, AuditFinding, AuditImage

MOST_CASES = 24  # of a finding
MOST_IMAGES = 6  # of a case
SAMPLES = 10  # of a class
SAMPLED_CLASSES = 50
MOST_FILES = 500  # in the list of files left out


class Gallery:
    """Builds the content of the page; decodes only the images that it shows.

    Args:
        audit: findings.
        manifest: the audit's, with the splits that the source gives, or the one with the final splits.
        records: of the listing; the manifest's first rows, in order.
        classes: class names, in order.
        actions: what `data.audit` does, by finding.
        max_pixels: that an image may have.
    """

    def __init__(
        self,
        audit: Audit,
        manifest: pd.DataFrame,
        records: Sequence[Record],
        classes: Sequence[str],
        actions: Mapping[str, str],
        max_pixels: int,
    ) -> None:
        self.audit, self.records = audit, records
        self.manifest = manifest.assign(split=manifest["split"].fillna(sides(audit.manifest)))
        self.classes, self.actions, self.max_pixels = classes, actions, max_pixels

    def content(self, title: str, facts: Mapping[str, str]) -> AuditContent:
        """Return what the page shows.

        Args:
            title: of the page.
            facts: for its head, in order.
        """
        readable = self.manifest[self.manifest["width"] > 0]
        dropped = left_out(self.manifest)
        there = set(self.audit.counts)
        looked_for = [kind for kind in KINDS if self.actions[kind.name] != "ignore"]
        return AuditContent(
            title=title,
            facts=facts,
            counts=self._counts(dropped),
            widths=readable["width"].to_numpy(np.int64),
            heights=readable["height"].to_numpy(np.int64),
            brightness=readable["brightness"].to_numpy(np.float32),
            samples={name: self._samples(name) for name in self.classes[:SAMPLED_CLASSES]},
            findings=tuple(self._finding(kind) for kind in looked_for if kind.name in there),
            clean=tuple(kind.title for kind in looked_for if kind.name not in there),
            left_out=tuple(
                (str(path), str(verdict), str(reason))
                for path, verdict, reason in dropped[["path", "verdict", "reason"]].head(MOST_FILES).to_numpy()
            ),
            left_out_total=len(dropped),
        )

    def _counts(self, dropped: pd.DataFrame) -> pd.DataFrame:
        kept = self.manifest[self.manifest["position"] >= 0]
        if kept["split"].isin(SPLITS).all() and len(kept):
            counts = pd.crosstab(kept["label"], kept["split"]).reindex(columns=SPLITS, fill_value=0)
        else:
            counts = kept["label"].value_counts().to_frame("images")
        counts = counts.reindex(pd.Index(self.classes, dtype=object))
        counts["dropped"] = dropped["label"].value_counts().reindex(counts.index)
        return counts.fillna(0).astype(int)

    def _samples(self, name: str) -> tuple[AuditImage, ...]:
        rows = self.manifest.index[(self.manifest["label"] == name) & (self.manifest["position"] >= 0)]
        chosen = rows[np.unique(np.linspace(0, len(rows) - 1, SAMPLES).round().astype(int))] if len(rows) else rows
        return tuple(self._image(int(row)) for row in chosen)

    def _finding(self, kind: FindingKind) -> AuditFinding:
        action = self.actions[kind.name]
        if kind.name == "small_class":
            few = self.audit.small_classes
            cases = [AuditCase((), f"{count:,} image{'s' * (count != 1)} in {name}") for name, count in few.items()]
            return AuditFinding(
                kind.name, kind.title, kind.meaning, action, len(few), sum(few.values()), tuple(cases[:MOST_CASES])
            )
        frame = self.audit.cases[self.audit.cases["finding"] == kind.name]
        return AuditFinding(
            kind.name,
            kind.title,
            kind.meaning,
            action,
            int(frame["case"].nunique()),
            int(frame["row"].nunique()),
            tuple(islice(self._cases(frame), MOST_CASES)),
        )

    def _cases(self, frame: pd.DataFrame) -> Iterator[AuditCase]:
        for _, case in frame.groupby("case", sort=True):
            rows = [int(row) for row in case["row"]]
            reason = str(case["reason"].iloc[0])
            if len(rows) > MOST_IMAGES:
                reason += f" ({MOST_IMAGES} shown)"
            yield AuditCase(tuple(self._image(row) for row in rows[:MOST_IMAGES]), reason)

    def _image(self, row: int) -> AuditImage:
        facts = self.manifest.loc[row]
        picture = preview(self.records[row], self.max_pixels) if facts["width"] > 0 else None
        label, split = (value if isinstance(value, str) else "" for value in (facts["label"], facts["split"]))
        return AuditImage(str(facts["path"]), label, split, picture)
