"""The command line: each command reads its arguments, calls one function, prints."""

from blueproof.cli.main import main

__all__ = ["main"]
