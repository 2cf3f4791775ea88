"""A bill of a metered product told in words: its quantity, what drives it, what lowers it."""
