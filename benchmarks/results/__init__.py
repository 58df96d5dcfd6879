"""Records finished runs and searches, and renders docs/results.md from them."""
