"""Starters: whole back ends and clients, laid together from features for one app."""
