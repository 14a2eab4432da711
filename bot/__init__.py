"""Hears, decides, speaks."""
