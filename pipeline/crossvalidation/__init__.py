"""Cross-validation: the folds of a data set, each trained as a DVC experiment in a copy of the project."""
