"""The vocabulary: frozen dataclasses that every other package speaks, standard library only."""
