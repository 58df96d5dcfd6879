"""Images of a listing brought to pixels and measures, in one process."""
