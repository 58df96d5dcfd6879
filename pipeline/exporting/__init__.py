"""A trained network in the formats of other engines: written, checked against Keras, timed, reported."""
