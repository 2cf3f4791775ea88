"""Anything a person hands over, turned into a Brief."""
