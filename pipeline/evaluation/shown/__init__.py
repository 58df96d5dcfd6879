"""Which images the evaluation page shows, and what the network sees in them."""
