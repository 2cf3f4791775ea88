"""Judgements on a plan, one a file."""
