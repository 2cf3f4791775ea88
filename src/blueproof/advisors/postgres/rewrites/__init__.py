"""Rewrites: one way to ask for the same rows in other words a file."""
