"""A page on this computer to try a trained model: its server, its answers, and the page itself."""
