"""How a thing is built: designs kept as data, worked out with the figures that were told."""
