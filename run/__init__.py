"""What the commands of main.py do; `run/compose.py` is the composition root."""
