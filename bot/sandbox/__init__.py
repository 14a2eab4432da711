"""A small WeCom of our own: the outside. It imports nothing of ours but core."""
