"""A bill added up from the quantities that are told: what explains it, what does not, what cuts."""
