"""Found by Hydra in DVC's own process (`plugins_path` in .dvc/config), before it composes conf/."""

from pipeline.config.overrides import register_resolver

register_resolver()
