import numpy as np

from pipeline.inference.evidence import class_evidence
from pipeline.runtime.images.image_inputs import named_images


def test_a_maps_mean_and_the_picture_belong_to_what_the_network_sees(classifier):
    wide = np.zeros((60, 120, 3), np.uint8)
    wide[:, 60:] = 255
    images = list(named_images([wide, b"no image"]))
    (picture, evidence), nothing = class_evidence(classifier, images, [1, None])
    assert nothing == (None, None)
    assert picture.shape == (224, 168, 3)  # the network's 32×24, larger
    assert picture[:, :60].mean() < 20
    assert picture[:, 100:].mean() > 230
    assert evidence.ndim == 2
    assert evidence.dtype == np.float32
