"""What every room uses: errors, paths, digests, atomic files, the shell of a command, progress and timing."""
