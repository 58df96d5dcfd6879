"""The reference of every setting: docs/settings.md, and one key explained."""
