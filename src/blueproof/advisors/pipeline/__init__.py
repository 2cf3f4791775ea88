"""A delivery that is there already: what is wrong in its files, and the files with it mended."""
