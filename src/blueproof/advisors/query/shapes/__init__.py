"""Queries of a shape of their own: each file reads its wish and writes it twice."""
