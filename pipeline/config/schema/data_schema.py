"""The keys of `data`."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.config.schema.section import Count, Section, Seed, Shift


class SplitConfig(Section):
    """How images are divided into train, validation and test."""

    method: Annotated[
        Literal["stable", "stratified"],
        Field(
            description="`stable`: each image's content alone decides, so that adding images moves no old one (but a "
            "few in small classes); `stratified`: exact fractions in each class."
        ),
    ]
    validation: Annotated[float, Field(gt=0.0, lt=1.0, description="Fraction of the images for validation.")]
    test: Annotated[float, Field(gt=0.0, lt=1.0, description="Fraction for testing, if the source has no test images.")]
    seed: Annotated[Seed, Field(description="Seed of the split.")]
    near_duplicates: Annotated[
        bool, Field(description="`true`: images that are nearly the same go to one split, if the audit looks for them.")
    ] = True

    @model_validator(mode="after")
    def leave_some_to_train(self) -> Self:
        """Refuse fractions that leave nothing to train on."""
        if self.validation + self.test >= 1.0:
            raise ValueError("validation and test together must be less than 1, or nothing is left to train on")
        return self


Name = Annotated[str, Field(min_length=1)]


class TableConfig(Section):
    """source=table: which table lists the images, and what its columns are called."""

    file: Annotated[Name | None, Field(description="source=table: the table (.csv, .tsv, .parquet) below path.")] = None
    path: Annotated[Name, Field(description="Column of the images' paths, relative to the table's folder.")] = "path"
    label: Annotated[Name, Field(description="Column of the class names.")] = "label"
    split: Annotated[Name | None, Field(description="Column of splits (train, validation, test, empty); or null.")] = (
        None
    )
    group: Annotated[
        Name | None, Field(description="Column of groups, such as patients, that go to one split whole; or null.")
    ] = None
    weight: Annotated[Name | None, Field(description="Column of weights of the training loss; or null.")] = None


class DataConfig(Section):
    """Which images, at which size, split how."""

    name: Annotated[str, Field(description="Name of the file in conf/data/; part of the names of runs and models.")]
    source: Annotated[
        Literal["digits", "folder", "table", "mnist", "fashion_mnist", "cifar10", "cifar100"],
        Field(
            description="`digits`: scikit-learn's; `folder`: your photos in one folder per class, under path; `table`: "
            "your photos under path, with their classes in a table; the others: Keras's named sets, downloaded on "
            "first use."
        ),
    ]
    path: Annotated[
        str | None,
        Field(
            description="source=folder or table: a folder, a .zip or .tar archive, or the address of one (s3://…, "
            "gs://…)."
        ),
    ]
    layout: Annotated[
        Literal["auto", "classes"],
        Field(
            description="`auto`: folders named train, val, test and the like are splits, with the classes below them; "
            "`classes`: the folders under path are classes, whatever their names."
        ),
    ] = "auto"
    table: TableConfig = TableConfig()
    classes: Annotated[
        list[Name] | None,
        Field(description="The classes to use, in the order of their indices; null: all (2 before 10)."),
    ] = None
    max_per_class: Annotated[
        Count | None, Field(description="Most images of a class (of each given split); null: all.")
    ] = None
    groups: Annotated[
        Literal["none", "subfolder", "pattern"],
        Field(
            description="Images that go to one split together: those of one `subfolder` of the class folders, or whose "
            "paths match a `pattern` with the same text; data.table.group names a column instead."
        ),
    ] = "none"
    group_pattern: Annotated[
        Name | None,
        Field(
            description="groups=pattern: regular expression that is searched for in each path below data.path; the "
            "group's name is what its first parentheses match, or else the whole match."
        ),
    ] = None
    folds: Annotated[
        int | None,
        Field(ge=2, le=100, description="Number of folds of a cross-validation; null: none. See data.fold."),
    ] = None
    fold: Annotated[
        Count, Field(description="Which fold has the test images, from 1; the others are for training and validation.")
    ] = 1
    depends_on: Annotated[str | None, Field(description="File or folder that DVC watches for changes.")]
    height: Annotated[int, Field(ge=8, le=1024, description="Height of prepared images, in pixels.")]
    width: Annotated[int, Field(ge=8, le=1024, description="Width of prepared images, in pixels.")]
    channels: Annotated[Literal[1, 3], Field(description="1: gray; 3: color.")]
    resize: Annotated[
        Literal["stretch", "crop", "pad"],
        Field(description="`stretch` to the size, `crop` the middle to its shape, or `pad` with black."),
    ]
    mirror: Annotated[
        bool,
        Field(description="`true` if mirroring does not change the class; recipes then mirror half of the images."),
    ]
    shift: Annotated[
        Shift,
        Field(
            description="Largest shift that keeps the object in the image, as a fraction of the image's sides; recipes "
            "then shift images by up to this much."
        ),
    ]
    split: SplitConfig
    audit: AuditConfig = AuditConfig()

    @model_validator(mode="after")
    def groups_are_defined(self) -> Self:
        """Refuse groups without a usable pattern, and two ways of naming them."""
        if (self.groups == "pattern") != (self.group_pattern is not None):
            raise ValueError("groups=pattern and group_pattern go together: set both, or none")
        if self.groups != "none" and self.source == "table" and self.table.group:
            raise ValueError("groups and table.group both name groups; set one of them")
        if self.groups == "subfolder" and self.source == "table":
            raise ValueError("groups=subfolder needs class folders (source=folder); set table.group or groups=pattern")
        if self.groups != "none" and self.source not in ("folder", "table"):
            raise ValueError(f"groups={self.groups} needs images with paths (source=folder or table)")
        try:
            re.compile(self.group_pattern or "")
        except re.error as error:
            raise ValueError(f"group_pattern is no regular expression ({error})") from None
        return self

    @model_validator(mode="after")
    def fold_is_one_of_the_folds(self) -> Self:
        """Refuse the number of a fold that does not exist."""
        if self.fold > (self.folds or 1):
            raise ValueError(f"fold must be from 1 to {self.folds}" if self.folds else "fold needs folds")
        return self

    @model_validator(mode="after")
    def source_is_complete(self) -> Self:
        """Refuse a source of photos without a path, and one whose changes DVC would not see."""
        own = self.source in ("folder", "table")
        if own and not self.path:
            raise ValueError("path must name your folder of images (data.path=/path/to/photos)")
        if self.source == "table" and not self.table.file:
            raise ValueError("table.file must name the table below path (data.table.file=labels.csv)")
        if self.depends_on is None:
            raise ValueError("depends_on must name a file or folder that DVC watches")
        if own and str(self.path).startswith("~"):
            raise ValueError("path must be written out: '~' is not expanded")
        if self.classes is not None and (len(self.classes) < 2 or len(set(self.classes)) < len(self.classes)):
            raise ValueError("classes must name at least two classes, each once")
        return self
