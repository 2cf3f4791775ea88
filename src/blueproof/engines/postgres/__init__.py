"""A private PostgreSQL and the planner twin on it; usable alone, see README.md beside this file."""
