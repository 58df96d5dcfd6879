"""Speed of classifying images with a trained model, beside bare OpenVINO, decoding, PyTorch and Keras."""
