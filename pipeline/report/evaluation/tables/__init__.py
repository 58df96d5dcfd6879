"""Tables of the evaluation page."""
