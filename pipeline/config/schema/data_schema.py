"""The keys of `data`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.config.schema.section import Section, Seed, Shift


class SplitConfig(Section):
    """How images are divided into train, validation and test."""

    method: Annotated[
        Literal["stratified", "hash"],
        Field(
            description="`stratified`: exact fractions in each class; `hash`: each image's content alone decides, so "
            "that adding images never moves an old one."
        ),
    ]
    validation: Annotated[float, Field(gt=0.0, lt=1.0, description="Fraction of the images for validation.")]
    test: Annotated[float, Field(gt=0.0, lt=1.0, description="Fraction for testing, if the source has no test images.")]
    seed: Annotated[Seed, Field(description="Seed of the split.")]

    @model_validator(mode="after")
    def leave_some_to_train(self) -> Self:
        """Refuse fractions that leave nothing to train on."""
        if self.validation + self.test >= 1.0:
            raise ValueError("validation and test together must be less than 1, or nothing is left to train on")
        return self


class DataConfig(Section):
    """Which images, at which size, split how."""

    name: Annotated[str, Field(description="Name of the file in conf/data/; part of the names of runs and models.")]
    source: Annotated[
        Literal["digits", "folder", "mnist", "fashion_mnist", "cifar10", "cifar100"],
        Field(
            description="`digits`: scikit-learn's; `folder`: your photos, under path; the others: Keras's named sets, "
            "downloaded on first use."
        ),
    ]
    path: Annotated[str | None, Field(description="source=folder: the folder that holds one subfolder per class.")]
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

    @model_validator(mode="after")
    def folder_has_a_path(self) -> Self:
        """Refuse a folder source without a folder."""
        if self.source == "folder" and not self.path:
            raise ValueError("path must name your folder of images (data.path=/path/to/photos)")
        if self.depends_on is None:
            raise ValueError("depends_on must name a file or folder that DVC watches")
        if self.source == "folder" and str(self.path).startswith("~"):
            raise ValueError("path must be written out: '~' is not expanded")
        if self.source == "folder" and self.depends_on != self.path:
            raise ValueError("depends_on must be the path, or DVC would not notice new images; use data=folder")
        return self
