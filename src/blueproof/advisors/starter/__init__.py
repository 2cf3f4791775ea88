"""Starters: the app as files that compile, with tests that pass, for the back ends in question."""
