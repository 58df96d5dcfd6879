"""How well the network classifies images that are worse than those it was trained on."""
