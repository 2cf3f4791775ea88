"""Files beside a question: whether the words ask of something else, and what the files add."""
