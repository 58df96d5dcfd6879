"""New images compared with those that a model was trained and validated on."""
