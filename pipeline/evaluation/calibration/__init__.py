"""Whether probabilities mean what they say, and a temperature that corrects them."""
