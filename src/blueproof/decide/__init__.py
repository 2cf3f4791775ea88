"""Choosing among technologies: needs in, a decision out; pure, no files, no engines."""
