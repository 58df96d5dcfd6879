"""How much processor time each recipe takes to a validation accuracy."""
