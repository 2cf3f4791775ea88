"""A person's source file: what in it causes what they tell of, and the file mended."""
