"""Real tools, one package or file each; whatever needs one imports it where it is used."""
