"""What a trial's network costs, and what one score makes of its accuracy and its cost."""
