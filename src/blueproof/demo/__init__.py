"""Sample input of the demos."""
