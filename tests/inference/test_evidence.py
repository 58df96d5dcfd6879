import numpy as np
import pytest

from pipeline.inference.evidence import class_evidence, explain_image
from pipeline.runtime.images.image_inputs import named_images
from pipeline.runtime.images.unreadable_error import UnreadableError


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


def test_an_explained_image_has_the_prediction_and_the_same_evidence_for_each_class(classifier, photos):
    (image,) = named_images(next(photos.glob("*/*.png")))
    explained = explain_image(classifier, image, side=320)
    (predicted,) = classifier.stream([image])
    assert explained.prediction.name == image.name
    assert np.allclose(explained.prediction.probabilities, predicted.probabilities, atol=1e-5)
    assert (explained.pixels.shape, explained.picture.shape) == ((32, 24, 3), (320, 240, 3))
    for index in range(len(classifier.classes)):
        ((_, evidence),) = class_evidence(classifier, [image], [index])
        assert np.allclose(explained.evidence[:, :, index], evidence, atol=1e-5)


def test_an_unreadable_image_cannot_be_explained(classifier):
    (image,) = named_images(b"no image")
    with pytest.raises(UnreadableError, match="not an image of a format"):
        explain_image(classifier, image)
