"""Matters of security and compliance: a key that leaked, a bill of pumped messages, an erasure."""
