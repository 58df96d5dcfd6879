"""Tests of whether two sets of images differ, with the size of the difference."""
