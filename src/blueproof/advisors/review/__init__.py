"""The review of a plan that is told in words: its holes, worst first, and what is right in it."""
