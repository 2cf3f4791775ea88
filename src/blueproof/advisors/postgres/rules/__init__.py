"""One rule a file; found when they are needed, so that a new file is all a new rule takes."""
