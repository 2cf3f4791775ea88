"""Tables that queries read and nobody described: their columns, types and rows, guessed."""
