"""The keys of `data.audit`: which images are conspicuous, and what happens to them."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.config.schema.section import Count, Section

Action = Literal["drop", "warn", "stop", "ignore"]
MustDrop = Literal["drop", "stop"]  # of files without pixels, which nothing can keep
Judged = Literal["warn", "stop", "ignore"]  # of whole classes
Level = Annotated[float, Field(ge=0.0, le=255.0)]


class AuditLimits(Section):
    """From where on an image is conspicuous."""

    pixels: Annotated[Count, Field(description="Most pixels of an image; larger ones are not decoded.")] = 200_000_000
    dark: Annotated[Level, Field(description="`dark`: 95% of the pixels are darker than this, of 0 to 255.")] = 40.0
    bright: Annotated[Level, Field(description="`bright`: 95% of the pixels are brighter than this.")] = 240.0
    uniform: Annotated[Level, Field(description="`uniform`: 98% of each channel's values differ by at most this.")] = (
        8.0
    )
    sharpness: Annotated[
        float, Field(ge=0.0, description="`blurred`: sharpness below this; see docs/audit.md for its measure.")
    ] = 0.1
    size: Annotated[
        float,
        Field(gt=1.0, description="`odd_size`: root of width × height this many times below or above the median."),
    ] = 5.0
    aspect: Annotated[
        float, Field(gt=1.0, description="`odd_aspect`: width/height differs from the median's by this factor.")
    ] = 3.0
    class_images: Annotated[Count, Field(description="`small_class`: fewer images than this.")] = 20


class AuditConfig(Section):
    """What each finding does: `drop` the image, keep it and `warn`, `stop` the preparation, or `ignore` it."""

    not_a_file: Annotated[
        MustDrop, Field(description="A link to nothing, a named pipe, a device; a link back into the folder.")
    ] = "drop"
    not_an_image: Annotated[MustDrop, Field(description="A file of no format that Pillow reads.")] = "drop"
    outside_classes: Annotated[MustDrop, Field(description="A file in no class folder, or in no row of the table.")] = (
        "drop"
    )
    truncated: Annotated[MustDrop, Field(description="An image whose end is missing.")] = "drop"
    unreadable: Annotated[MustDrop, Field(description="An image that cannot be decoded for another reason.")] = "drop"
    too_many_pixels: Annotated[MustDrop, Field(description="An image of more pixels than `limits.pixels`.")] = "drop"
    label_conflict: Annotated[
        Action, Field(description="The same pixels under two labels. `drop` drops all copies.")
    ] = "drop"
    split_leak: Annotated[
        Action,
        Field(description="The same pixels in two given splits. `drop` keeps those of test, else of validation."),
    ] = "drop"
    group_leak: Annotated[
        Action, Field(description="Images of one group (`data.table.group`) in two given splits.")
    ] = "warn"
    exact_duplicate: Annotated[
        Action, Field(description="The same pixels twice in a class and split. `drop` keeps the first.")
    ] = "warn"
    near_label_conflict: Annotated[Action, Field(description="Nearly the same image under two labels.")] = "warn"
    near_split_leak: Annotated[Action, Field(description="Nearly the same image in two given splits.")] = "warn"
    near_duplicate: Annotated[
        Action, Field(description="Nearly the same image twice in a class and split: resized, mirrored, edited a bit.")
    ] = "warn"
    uniform: Annotated[Action, Field(description="An image of a single color.")] = "warn"
    dark: Annotated[Action, Field(description="An image that is nearly black.")] = "warn"
    bright: Annotated[Action, Field(description="An image that is nearly white.")] = "warn"
    blurred: Annotated[Action, Field(description="An image without sharp edges.")] = "warn"
    odd_size: Annotated[Action, Field(description="An image much smaller or larger than the others.")] = "warn"
    odd_aspect: Annotated[Action, Field(description="An image much wider or taller than the others.")] = "warn"
    small_class: Annotated[Judged, Field(description="A class with few images.")] = "warn"
    limits: AuditLimits = AuditLimits()

    @property
    def actions(self) -> dict[str, str]:
        """What each finding does, by its name."""
        return {name: str(value) for name, value in self.model_dump().items() if name != "limits"}
