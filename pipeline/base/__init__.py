"""What every room stands on: paths, errors, whole-file writes, phases, the shell of a command."""
