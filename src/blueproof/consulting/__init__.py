"""One consultation a file: how a kind of brief becomes a blueprint."""
