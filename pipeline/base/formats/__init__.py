"""How other programs read what this project writes: addresses and tables."""
