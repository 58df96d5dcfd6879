"""Runs whose process works on them: what it sends, how it ends, what becomes of it when it is gone."""
