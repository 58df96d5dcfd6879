"""What the figures of a comparison are called, and what they mean."""

TITLES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "macro F1",
    "loss": "loss",
    "expected_calibration_error": "calibration error",
}
MEANINGS = {
    "accuracy": "share of the images that are right",
    "balanced_accuracy": "mean of the classes' recalls",
    "macro_f1": "mean of the classes' F1",
    "loss": "mean cross-entropy in nats; lower is better",
    "expected_calibration_error": "how far confidence is from accuracy; lower is better",
}
