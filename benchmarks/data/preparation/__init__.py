"""What the benchmark of preparing runs: photos, the bare loop, and preparing itself."""
