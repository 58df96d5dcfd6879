"""The keys of `recipe`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.config.schema.section import Count, Fraction, Section, Seed, Shift

OPTIMIZERS = (  # Keras's, by the names of their classes in lower case
    "sgd", "adam", "adamw", "nadam", "adamax", "adagrad", "adadelta", "adafactor", "rmsprop", "ftrl", "lion", "lamb",
    "muon",
)  # fmt: skip
WITH_MOMENTUM, WITH_NESTEROV = ("sgd", "rmsprop", "muon"), ("sgd", "muon")


class AugmentConfig(Section):
    """Random changes to training images, in the order in which they are made; 0 or false leaves one out."""

    shift: Annotated[
        Shift,
        Field(
            description="How far an image may move, as a fraction of its sides (0.125 is the customary 4 of 32 pixels)."
        ),
    ]
    flip: Annotated[bool, Field(description="Mirror half of the images left to right.")]
    color: Annotated[Fraction, Field(description="How far brightness, contrast and saturation may change.")]
    rand_augment: Annotated[
        Fraction,
        Field(
            description="Strength of RandAugment: two operations drawn from eleven. It takes about half of a training "
            "step's time on a CPU."
        ),
    ]
    erase: Annotated[Fraction, Field(description="Random erasing: fraction of images that lose a rectangle.")]
    mixup: Annotated[
        Fraction,
        Field(
            description="MixUp: alpha of the Beta distribution that weights two images. With cutmix set too, each "
            "batch gets one of the two."
        ),
    ]
    cutmix: Annotated[Fraction, Field(description="CutMix: alpha of the Beta distribution of the pasted area.")]


class RecipeConfig(Section):
    """How the network is trained."""

    name: Annotated[str, Field(description="Name of the file in conf/recipe/.")]
    epochs: Annotated[int, Field(ge=1, le=10_000, description="Passes over the training images.")]
    batch_size: Annotated[int, Field(ge=1, le=65_536, description="Images per batch.")]
    accumulate: Annotated[int, Field(ge=1, le=1024, description="Gradient accumulation: batches per update.")]
    optimizer: Annotated[
        Literal[*OPTIMIZERS],  # type: ignore[valid-type]
        Field(
            description="Keras optimizer, by its name in lower case. `muon` updates convolutions by Muon and all other "
            "weights by AdamW."
        ),
    ]
    learning_rate: Annotated[float, Field(gt=0.0, le=10.0, description="The schedule's highest learning rate.")]
    momentum: Annotated[float, Field(ge=0.0, lt=1.0, description="Momentum of sgd, rmsprop and muon.")]
    nesterov: Annotated[bool, Field(description="Nesterov momentum, for sgd and muon.")]
    weight_decay: Annotated[
        Fraction,
        Field(
            description="Decoupled weight decay of convolutions and dense layers; biases and normalization are not "
            "decayed. To convert an L2 penalty used with SGD and momentum 0.9, divide it by 1 − 0.9."
        ),
    ]
    clip_norm: Annotated[
        Annotated[float, Field(gt=0.0)] | None,
        Field(description="Maximum norm of all gradients together; larger ones are scaled down. null: no maximum."),
    ]
    schedule: Annotated[
        Literal["constant", "step", "polynomial", "cosine", "one_cycle"],
        Field(
            description="Learning rate after the warm-up: `constant`; `step` (step_epochs, step_factor); `polynomial` "
            "to 0 (power); `cosine` to 0; `one_cycle`: a straight line down to 0."
        ),
    ]
    warmup_epochs: Annotated[
        int,
        Field(
            ge=0,
            description="Epochs in which the learning rate rises in a straight line from 0 (one_cycle: from 1/25 of "
            "the highest).",
        ),
    ]
    step_epochs: Annotated[Count, Field(description="schedule=step: epochs between two reductions.")]
    step_factor: Annotated[
        float,
        Field(gt=0.0, le=1.0, description="schedule=step: what the learning rate is multiplied by."),
    ]
    power: Annotated[
        float,
        Field(gt=0.0, le=10.0, description="schedule=polynomial: exponent; 1 is a straight line."),
    ]
    label_smoothing: Annotated[
        float,
        Field(ge=0.0, lt=1.0, description="Fraction of each target that is spread over all classes."),
    ]
    class_weights: Annotated[
        Literal["none", "balanced"],
        Field(description="`balanced`: each class weighs the same in the loss, however many images it has."),
    ]
    ema_epochs: Annotated[
        float,
        Field(
            ge=0.0,
            description="Exponential moving average of the weights over about this many epochs; the average is "
            "validated and saved. 0: no average.",
        ),
    ]
    augment: AugmentConfig
    monitor: Annotated[
        Literal["val_loss", "val_accuracy"], Field(description="What decides which epoch is the best and is saved.")
    ]
    patience: Annotated[
        Count | None,
        Field(description="Early stopping: end after this many epochs without a better one. null: train all epochs."),
    ]
    precision: Annotated[
        Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"],
        Field(description="Keras dtype policy; `auto`: mixed_bfloat16 where the device has bfloat16, else float32."),
    ]
    xla: Annotated[
        Literal["auto", True, False],
        Field(
            description="Compile training steps with XLA; `auto`: on a GPU only. TensorFlow's deterministic kernels "
            "are on only without XLA."
        ),
    ]
    seed: Annotated[Seed, Field(description="Seed of initial weights, order, augmentation and dropout.")]

    @model_validator(mode="after")
    def warm_up_fits(self) -> Self:
        """Refuse a warm-up as long as the training, and a one-cycle schedule without a warm-up."""
        if self.warmup_epochs >= self.epochs:
            raise ValueError(f"warmup_epochs ({self.warmup_epochs}) must be less than epochs ({self.epochs})")
        if self.schedule == "one_cycle" and not self.warmup_epochs:
            raise ValueError("schedule one_cycle rises during the warm-up: warmup_epochs must be at least 1")
        return self

    @model_validator(mode="after")
    def nesterov_has_momentum(self) -> Self:
        """Refuse Nesterov momentum where there is no momentum."""
        if self.nesterov and (self.optimizer not in WITH_NESTEROV or not self.momentum):
            raise ValueError("nesterov needs optimizer sgd or muon and a momentum above 0")
        return self
