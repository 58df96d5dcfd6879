"""The network as data: its blocks, its stems, and what they cost. Plain Python, so that settings can use it."""
