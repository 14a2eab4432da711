"""Measures understanding and search on labelled messages: `python main.py evaluate …` and `make eval`."""
