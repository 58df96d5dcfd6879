"""Files in a folder, an archive or a remote store, all read the same way."""
