"""A person's project folder, read into facts and a diagram of what is there today."""
