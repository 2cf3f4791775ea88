"""Claim and scene in, proof out; the only place where a Blueprint is made."""
