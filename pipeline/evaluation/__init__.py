"""What a trained network is worth, on images it has not seen."""
