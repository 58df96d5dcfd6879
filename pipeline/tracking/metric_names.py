"""What metrics are called in MLflow."""

EPOCH = {  # one point per epoch
    "loss": "train/loss",
    "accuracy": "train/accuracy",
    "learning_rate": "train/learning_rate",
    "val_loss": "validation/loss",
    "val_accuracy": "validation/accuracy",
}
SAVED_EPOCH = "saved/epoch"  # the epoch whose weights are in the model
SAVED_ACCURACY = "saved/validation_accuracy"
SAVED_LOSS = "saved/validation_loss"
MINUTES = "minutes"  # of training, validation included
TEST = "test/"  # prefix of the metrics of the test images
TEST_ACCURACY = "test/accuracy"
GOLDEN = "golden/"  # prefix of the differences of the golden batch
