"""Speaks unprompted; the next issues build it."""
