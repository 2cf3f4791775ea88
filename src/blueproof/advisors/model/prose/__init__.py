"""Reading a data model out of free prose: sentences, what they say, and what follows."""
