"""Patterns: each a folder with what it is for and its code; tests attack it on real engines."""
