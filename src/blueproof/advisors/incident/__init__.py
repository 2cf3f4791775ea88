"""Troubles of a running system: what makes them, what tells it apart, what stops them first."""
