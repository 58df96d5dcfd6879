"""Names in the OpenVINO model of a network: its file, its tensors, its metadata."""

XML, BIN = "model.xml", "model.bin"
SUMS = "SHA256SUMS"  # file of their digests, as sha256sum writes it; models of earlier versions lack it
INPUT, PROBABILITIES, FEATURES, CLASS_MAPS = "images", "probabilities", "features", "class_maps"  # tensors
SPEC, DIGEST = ("pipeline", "spec"), ("pipeline", "keras_digest")  # paths in rt_info
