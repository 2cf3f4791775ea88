"""A slow query told in words, and the index or rewrite that serves it."""
