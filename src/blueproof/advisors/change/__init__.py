"""A live schema changed in steps: files, locks, checks and undos, from words."""
