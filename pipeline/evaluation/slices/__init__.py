"""Parts of the images on which the network may be worse than on the rest."""
