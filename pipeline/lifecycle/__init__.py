"""What happens to a registered model: it becomes the champion, is traced, rebuilt, verified, brought back in line."""
