"""Numbers with their unit, source and date, and the one way to read them."""
