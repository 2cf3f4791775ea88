"""Arithmetic over prices: one file a vendor."""
