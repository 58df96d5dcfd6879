"""What people see of a comparison with the reference: a sentence, a table, a page."""
