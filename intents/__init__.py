"""Understand a message."""
