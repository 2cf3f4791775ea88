"""Advice on a PostgreSQL schema and its queries."""
