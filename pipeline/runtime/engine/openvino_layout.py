"""Names in the OpenVINO model of a network: its file, its tensors, its metadata."""

XML = "model.xml"
INPUT, PROBABILITIES, FEATURES, CLASS_MAPS = "images", "probabilities", "features", "class_maps"  # tensors
SPEC, DIGEST = ("pipeline", "spec"), ("pipeline", "keras_digest")  # paths in rt_info
