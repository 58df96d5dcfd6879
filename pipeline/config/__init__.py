"""Settings: composed by Hydra, checked against typed schemas, kept in params.yaml."""
