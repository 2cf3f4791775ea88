"""A bill read: which lines to cut first, how, and what each step takes away at most."""
